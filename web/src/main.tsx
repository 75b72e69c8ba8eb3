import './console.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { applyAppearance, storedAppearance } from './layout/appearance.tsx';
import { createQueries } from './queries.ts';
import { createConsoleRouter, pathFrom } from './router.tsx';

applyAppearance(storedAppearance());

const router = createConsoleRouter();
const queries = createQueries(() => {
  const { pathname } = router.state.location;
  // Where to go on afterwards; the first of several requests that were refused says it.
  if (!pathname.endsWith('/sign-in'))
    void router.navigate({ to: '/sign-in', search: { next: pathFrom(window.location) } });
});

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no place for the console');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
