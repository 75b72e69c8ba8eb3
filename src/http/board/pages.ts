import { createHash } from 'node:crypto';

/** The two pages around the board. Nothing in them comes from a request. */

const style = `body{font-family:system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem;color:#1d2733}
textarea{width:100%;box-sizing:border-box;font-family:monospace}button{margin-top:1rem;padding:.5rem 1.5rem}
[role=alert]{color:#a11}`;

/** For the Content-Security-Policy: this style and no other. */
export const styleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;

const page = (title: string, main: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<link rel="icon" href="data:,"><title>${title}</title><style>${style}</style></head><body><main><h1>${title}</h1>${main}</main></body></html>`;

export const signInPage = (trouble: string | null): string =>
  page(
    'Sign in to the queues',
    (trouble === null ? '' : `<p role="alert">${trouble}</p>`) +
      `<form method="post" action="/admin/queues/sign-in"><label for="token">The access token of an administrator` +
      `</label><textarea id="token" name="token" rows="6" required autocomplete="off" spellcheck="false"></textarea>` +
      `<button>Sign in</button></form>`,
  );

export const signOutPage = page(
  'Sign out of the queues',
  `<form method="post" action="/admin/queues/sign-out"><button>Sign out</button></form>` +
    `<p><a href="/admin/queues/">Back to the queues</a></p>`,
);
