import { htmlPage } from '../pages/html-page.ts';

/** The two pages around the board. Nothing in them comes from a request. */

export const signInPage = (trouble: string | null): string =>
  htmlPage(
    'Sign in to the queues',
    `<h1>Sign in to the queues</h1>${trouble === null ? '' : `<p role="alert">${trouble}</p>`}` +
      `<form method="post" action="/admin/queues/sign-in"><label for="token">The access token of an administrator` +
      `</label><textarea id="token" name="token" rows="6" required autocomplete="off" spellcheck="false"></textarea>` +
      `<button>Sign in</button></form>`,
  );

export const signOutPage = htmlPage(
  'Sign out of the queues',
  `<h1>Sign out of the queues</h1><form method="post" action="/admin/queues/sign-out"><button>Sign out</button></form>` +
    `<p><a href="/admin/queues/">Back to the queues</a></p>`,
);
