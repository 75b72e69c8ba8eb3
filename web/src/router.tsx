import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router';
import { Layout } from './layout/layout.tsx';
import { BrokenPage } from './pages/broken.tsx';
import { NotFoundPage } from './pages/not-found.tsx';
import { AppointmentLink, EntryLink, GrantLink } from './pages/number-links.tsx';
import type { Typed } from './parts/filter.ts';
import { SignInPage } from './pages/sign-in.tsx';
import { nowQuery } from './queries.ts';

/** What an address may carry: texts, as a person typed them. Lets these through, and nothing else. */
const only =
  <const Names extends readonly string[]>(...names: Names) =>
  (search: Readonly<Record<string, unknown>>): Typed<Names[number]> => {
    const known: { [Name in Names[number]]?: string } = {};
    for (const name of names) {
      const value = search[name];
      const text = typeof value === 'string' ? value.trim() : '';
      if (text !== '') known[name as Names[number]] = text;
    }
    return known;
  };

const rootRoute = createRootRouteWithContext<{ readonly queries: QueryClient }>()({
  component: Layout,
  notFoundComponent: NotFoundPage,
});
const under = <const Path extends string>(path: Path) => ({ getParentRoute: () => rootRoute, path });

const routes = [
  createRoute({ ...under('/sign-in'), validateSearch: only('next'), component: SignInPage }),
  createRoute({
    ...under('/now'),
    // The page that most begin with: its data are asked for while its script is on the way.
    loader: ({ context }) => void context.queries.prefetchQuery(nowQuery),
    component: lazyRouteComponent(() => import('./pages/now.tsx'), 'NowPage'),
  }),
  createRoute({
    ...under('/sessions'),
    validateSearch: only(
      'state',
      'end_reason',
      'patient_id',
      'doctor_id',
      'appointment_id',
      'from',
      'to',
      'cursor',
    ),
    component: lazyRouteComponent(() => import('./pages/sessions.tsx'), 'SessionsPage'),
  }),
  createRoute({
    ...under('/sessions/$id'),
    component: lazyRouteComponent(() => import('./pages/session.tsx'), 'SessionPage'),
  }),
  createRoute({
    ...under('/patients/$id'),
    component: lazyRouteComponent(() => import('./pages/patient.tsx'), 'PatientPage'),
  }),
  createRoute({
    ...under('/days'),
    validateSearch: only('doctor_id', 'from', 'to'),
    component: lazyRouteComponent(() => import('./pages/days.tsx'), 'DaysPage'),
  }),
  createRoute({
    ...under('/actions'),
    validateSearch: only('actor_id', 'action', 'patient_id', 'from', 'to', 'cursor'),
    component: lazyRouteComponent(() => import('./pages/actions.tsx'), 'ActionsPage'),
  }),
  createRoute({
    ...under('/audit'),
    component: lazyRouteComponent(() => import('./pages/audit.tsx'), 'AuditPage'),
  }),
  createRoute({ ...under('/appointments/$id'), component: AppointmentLink }),
  createRoute({ ...under('/grants/$id'), component: GrantLink }),
  createRoute({ ...under('/entries/$id'), component: EntryLink }),
] as const;

/** Addresses read as people write them: `?patient_id=7&from=2026-11-26`. */
export const createConsoleRouter = (queries: QueryClient) =>
  createRouter({
    routeTree: rootRoute.addChildren(routes),
    basepath: '/admin',
    context: { queries },
    defaultPreload: 'intent',
    scrollRestoration: true,
    // What no page knows leaves the address.
    search: { strict: true },
    defaultErrorComponent: BrokenPage,
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const fields = Object.entries(search).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
      );
      return fields.length === 0 ? '' : `?${new URLSearchParams(fields)}`;
    },
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}

/** An address of ours without its origin. */
export const pathFrom = ({ pathname, search }: Pick<Location, 'pathname' | 'search'>): string =>
  pathname + search;
