import type { ReactNode } from 'react';

/** A wide table moves in its own box, by keyboard too. */
export function TableBox({
  name,
  isTall = false,
  children,
}: {
  readonly name: string;
  /** Whether it may be so long that it scrolls by itself. */
  readonly isTall?: boolean;
  readonly children: ReactNode;
}) {
  return (
    // A reader is told what moves here.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={isTall ? 'table-box tall' : 'table-box'} role="group" aria-label={name} tabIndex={0}>
      {children}
    </div>
  );
}
