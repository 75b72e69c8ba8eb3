import './layout.css';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, Outlet, useMatches } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { type Me, signOut } from '../api.ts';
import { Failure } from '../parts/loaded.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { failureWords } from '../parts/words.ts';
import { meQuery } from '../queries.ts';
import { AppearanceSelect } from './appearance.tsx';
import { SearchBox } from './search-box.tsx';

const MAIN = 'main';

/** What every page has around it. Nothing is loaded for somebody who is about to sign in. */
export function Layout() {
  const isSignIn = useMatches({ select: (matches) => matches.some(({ routeId }) => routeId === '/sign-in') });
  return isSignIn ? (
    <Frame me={null}>
      <Outlet />
    </Frame>
  ) : (
    <SignedIn />
  );
}

function SignedIn() {
  const me = useQuery(meQuery);
  return (
    <Frame me={me.data ?? null}>
      {me.data !== undefined && <Outlet />}
      {me.isError && me.error.status !== 401 && (
        <>
          <PageTitle>Console</PageTitle>
          <Failure query={me} />
        </>
      )}
    </Frame>
  );
}

function Frame({ me, children }: { readonly me: Me | null; readonly children: ReactNode }) {
  return (
    <>
      <a className="skip" href={`#${MAIN}`} onClick={skipToContent}>
        Skip to content
      </a>
      <header className="header">
        <p className="brand">Session engine</p>
        {me !== null && <SearchBox />}
        <div className="account">
          {me !== null && <SignedInAs me={me} />}
          <AppearanceSelect />
        </div>
        <nav aria-label="Main" className="nav">
          <Link to="/now">Now</Link>
          <Link to="/sessions">Sessions</Link>
          <Link to="/days">Days</Link>
          <Link to="/actions">Who did what</Link>
          <Link to="/audit">Audit</Link>
          <a href="/admin/queues/">Queues</a>
        </nav>
      </header>
      <main id={MAIN} className="main-part" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

/** Not by the address: its # is none of the router's. */
function skipToContent(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.getElementById(MAIN)?.focus();
}

function SignedInAs({ me }: { readonly me: Me }) {
  // Everything that was read goes with the page.
  const leaving = useMutation({ mutationFn: signOut, onSuccess: () => location.assign('/admin/sign-in') });
  return (
    <>
      <span className="who">
        Signed in as user {me.user_id} ({me.role})
      </span>
      <Button onPress={() => leaving.mutate()} isDisabled={leaving.isPending}>
        Sign out
      </Button>
      {leaving.isError && <span role="alert">You are still signed in: {failureWords(leaving.error)}</span>}
    </>
  );
}
