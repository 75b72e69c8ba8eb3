import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyHelmet from '@fastify/helmet';
import fastifyStatic from '@fastify/static';
import type { FastifyPluginAsync } from 'fastify';
import { htmlPage } from '../pages/html-page.ts';
import { pageHeaders } from '../pages/page-headers.ts';
import { readPageFile, sendFile } from '../pages/send-file.ts';

/** Where `npm run console:build` puts the console. */
export const CONSOLE_DIRECTORY = join(import.meta.dirname, '../../../web/dist');

const YEAR_MS = 365 * 86_400_000;

/** React Aria writes one style into the page (`touch-action` of what can be pressed). It is let in by what it says. */
const REACT_ARIA_STYLE = "'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o='";

const NOT_BUILT = htmlPage(
  'The console is not built',
  `<h1>The console is not built</h1><p role="alert">Run <code>npm ci &amp;&amp; npm run console:build</code>, then start the
API again. <code>npm start</code> does both. The API itself answers all the same.</p>`,
);

/**
 * The console as a browser loads it: one page for all its paths, and the files that it names. It is served to everybody,
 * and shows nothing by itself: its data comes from /api/admin, to who is signed in.
 */
export const consolePages: FastifyPluginAsync<{ readonly directory: string }> = async (
  app,
  { directory },
) => {
  await app.register(fastifyHelmet, consoleHeaders());
  const shellPath = join(directory, 'index.html');
  const shell = existsSync(shellPath) ? readPageFile(shellPath) : null;
  if (shell !== null)
    await app.register(fastifyStatic, {
      root: join(directory, 'assets'),
      prefix: '/assets/',
      // Their names change with what is in them.
      immutable: true,
      maxAge: YEAR_MS,
      preCompressed: true,
      index: false,
      decorateReply: false,
    });

  app.get('/', async (_request, reply) => reply.redirect('/admin/now', 302));
  app.get<{ Params: { '*': string } }>('/*', async (request, reply) => {
    // The board's own paths, of which this is none.
    if (request.params['*'].startsWith('queues')) return reply.callNotFound();
    if (shell !== null) return sendFile(request, reply, shell, 'text/html');
    return reply.code(503).type('text/html; charset=utf-8').send(NOT_BUILT);
  });
};

function consoleHeaders() {
  const headers = pageHeaders(REACT_ARIA_STYLE);
  const { directives, ...policy } = headers.contentSecurityPolicy;
  return {
    ...headers,
    contentSecurityPolicy: {
      ...policy,
      directives: { ...directives, requireTrustedTypesFor: ["'script'"] },
    },
  };
}
