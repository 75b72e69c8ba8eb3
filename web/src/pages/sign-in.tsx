import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import { signIn } from '../api.ts';
import type { ApiError } from '../http.ts';
import { type LinkToken, takeLinkToken } from '../link-token.ts';
import { Field } from '../parts/field.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { failureWords } from '../parts/words.ts';
import { meQuery } from '../queries.ts';

const NOT_VALID = 'This token is not valid, or no more.';

/** Taken when the console is loaded, before anything is drawn: the address bar shows no token for longer than that. */
const first = takeLinkToken();

/** By a link that carries a token, or by a token that somebody pastes. */
export function SignInPage() {
  const router = useRouter();
  const queries = useQueryClient();
  const { next } = useSearch({ from: '/sign-in' });
  const [link, setLink] = useState(first);
  const [pasted, setPasted] = useState('');
  const signing = useMutation({
    mutationFn: signIn,
    onSuccess: ({ data }) => {
      queries.removeQueries();
      queries.setQueryData(meQuery.queryKey, data);
      const place = placeAfter(next);
      if (place.startsWith('/admin/queues')) location.assign(place);
      else router.history.replace(place);
    },
    // A link that is used up gives way to a token that is pasted.
    onError: ({ status }) => {
      if (status === 401 || status === 403) setLink(null);
    },
  });
  useEffect(() => {
    // A link that is opened where this page is shown already changes nothing but what follows the #.
    const onHashChange = (): void => setLink(takeLinkToken());
    window.addEventListener('hashchange', onHashChange);
    return () => window.removeEventListener('hashchange', onHashChange);
  }, []);
  const isByLink = link !== null && link !== 'unreadable';
  const trouble = signing.isError ? troubleOf(signing.error) : link === 'unreadable' ? NOT_VALID : null;
  return (
    <div className="sign-in">
      <PageTitle>Sign in</PageTitle>
      {trouble !== null && <p role="alert">{trouble}</p>}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          signing.mutate(isByLink ? link.token : pasted.trim());
        }}
      >
        {isByLink ? (
          <LinkOwner link={link} />
        ) : (
          <Field
            label="Access token"
            hint="Of an administrator. It opens a session of eight hours in this browser."
            value={pasted}
            onChange={setPasted}
            isSecret
          />
        )}
        <Button
          type="submit"
          className="primary"
          isDisabled={signing.isPending || (!isByLink && pasted.trim() === '')}
        >
          Sign in
        </Button>
      </form>
    </div>
  );
}

const LinkOwner = ({ link }: { readonly link: LinkToken }) => (
  <p>
    Sign in as user {link.userId} ({link.role})
  </p>
);

function troubleOf(error: ApiError): string {
  switch (error.status) {
    case 401:
      return NOT_VALID;
    case 403:
      return 'This token is not for the console.';
    case 429:
      return `Too many attempts. Try again in ${error.retryAfterSeconds ?? 60} s.`;
    default:
      return `Nobody was signed in: ${failureWords(error)}`;
  }
}

/** Only a place of the console itself: an address that a foreign page has put there leads nowhere else. */
function placeAfter(next: string | undefined): string {
  if (next !== undefined && URL.canParse(next, location.origin)) {
    const url = new URL(next, location.origin);
    if (url.origin === location.origin && url.pathname.startsWith('/admin/'))
      return url.pathname + url.search;
  }
  return '/admin/now';
}
