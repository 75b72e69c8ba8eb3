import './console.css';
import './parts/parts.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { applyAppearance, storedAppearance } from './layout/appearance.tsx';
import { createQueries, meQuery } from './queries.ts';
import { createConsoleRouter, pathFrom } from './router.tsx';

const SIGN_IN = '/admin/sign-in';

applyAppearance(storedAppearance());

/** The first of several requests that are refused says where to go on afterwards. */
let leading: Promise<void> | null = null;
function leadToSignIn(): void {
  if (leading !== null || location.pathname === SIGN_IN) return;
  leading = router.navigate({ to: '/sign-in', search: { next: pathFrom(location) } }).finally(() => {
    leading = null;
  });
}

const queries = createQueries(leadToSignIn);
const router = createConsoleRouter(queries);
// Beside what the page itself needs, not after it.
if (location.pathname !== SIGN_IN) void queries.prefetchQuery(meQuery);

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no place for the console');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
