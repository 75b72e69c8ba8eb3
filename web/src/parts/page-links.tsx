import { Link, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { focusTitle } from './page-title.tsx';

/** Below a list of the newest first, of which `older` is the cursor of the next page; null on the last. */
export function PageLinks({
  older,
  children,
}: {
  readonly older: string | number | null;
  /** What else can be done with the list. */
  readonly children?: ReactNode;
}) {
  const { cursor } = useSearch({ strict: false });
  return (
    <div className="buttons">
      {cursor !== undefined && <PageLink name="Newest" cursor={undefined} />}
      {older !== null && <PageLink name="Older" cursor={String(older)} />}
      {children}
    </div>
  );
}

/** The link may be gone from the page to which it leads, so the focus goes to the heading. */
const PageLink = ({ name, cursor }: { readonly name: string; readonly cursor: string | undefined }) => (
  <Link
    to="."
    search={(search) => ({ ...search, cursor })}
    activeOptions={{ exact: true }}
    onClick={focusTitle}
  >
    {name}
  </Link>
);
