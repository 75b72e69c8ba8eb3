import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import type { ApiError } from '../http.ts';
import { focusTitle } from './page-title.tsx';
import { failureWords } from './words.ts';

/** What was loaded; until then that it is being loaded, and what went wrong. Data that is there stays while it is renewed. */
export function Loaded<Data>({
  query,
  children,
}: {
  readonly query: UseQueryResult<Data>;
  readonly children: (data: Data) => ReactNode;
}) {
  return (
    <>
      {query.isError && <Failure query={query} />}
      {query.isPending && <p className="quiet">Loading…</p>}
      {query.data !== undefined && children(query.data)}
    </>
  );
}

/** That it could not be loaded, with the number under which the server's log tells why. */
export function Failure({ query }: { readonly query: UseQueryResult }) {
  const { error, refetch } = query;
  if (error === null) return null;
  const again = async (): Promise<void> => {
    const { isSuccess } = await refetch();
    // The button is gone then; its place is taken by what was asked for.
    if (isSuccess) focusTitle();
  };
  return (
    <div className="failure">
      <p role="alert">{notLoadedWords(error)}</p>
      <Button onPress={() => void again()}>Try again</Button>
    </div>
  );
}

export const notLoadedWords = (error: ApiError): string => `Could not load this: ${failureWords(error)}`;

/** Whether there is nothing with the number that the address has. */
export const isMissing = ({ error }: Pick<UseQueryResult, 'error'>): boolean =>
  error?.status === 404 || error?.status === 422;
