import { MutationCache, QueryCache, QueryClient, queryOptions } from '@tanstack/react-query';
import { readMe, readNights, readNow } from './api.ts';
import { ApiError } from './http.ts';

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: ApiError;
  }
}

/** What the pages have read. `onSignedOut`: the server does not know this browser, or no more. */
export function createQueries(onSignedOut: () => void): QueryClient {
  const onError = (error: unknown): void => {
    if (error instanceof ApiError && error.status === 401) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        // A person decides whether it is tried again, and sees at once that something is wrong.
        retry: false,
        // Pages show what is so now.
        staleTime: 0,
        refetchOnWindowFocus: true,
        // Without a network a request fails and says so; it does not wait.
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}

/** Who is signed in. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => readMe(signal),
  staleTime: Number.POSITIVE_INFINITY,
});

/** How everything stands. The server makes it anew once a second. */
export const nowQuery = queryOptions({
  queryKey: ['now'],
  queryFn: ({ signal }) => readNow(signal),
  staleTime: 1_000,
});

/** The audits of the last nights. */
export const nightsQuery = queryOptions({
  queryKey: ['nights'],
  queryFn: ({ signal }) => readNights(signal),
});
