import { join } from 'node:path';
import fastifyHelmet from '@fastify/helmet';
import type { FastifyPluginAsync } from 'fastify';
import { fail } from '../errors.ts';
import { openClientFile } from './client-file.ts';
import { htmlPage } from './html-page.ts';
import { pageHeaders } from './page-headers.ts';
import { readPageFile, sendFile } from './send-file.ts';

/** What an address without a path shows, and the two files that every browser may load: no token is asked for. */
export const frontDoor: FastifyPluginAsync<{ readonly hasDemo: boolean }> = async (app, { hasDemo }) => {
  await app.register(fastifyHelmet, pageHeaders());
  const page = frontPage(hasDemo);
  const theme = readPageFile(join(import.meta.dirname, 'theme.css'));
  const clientFile = openClientFile();

  app.get('/', async (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
  app.get('/theme.css', async (request, reply) => sendFile(request, reply, theme, 'text/css'));
  app.get('/client.js', async (request, reply) => {
    // Pages of other origins import it too: CORS_ORIGINS says which.
    reply.header('cross-origin-resource-policy', 'cross-origin');
    try {
      return await sendFile(request, reply, await clientFile(), 'text/javascript');
    } catch (error) {
      request.log.error({ err: error }, 'client.js cannot be served');
      return fail(reply, 'unavailable');
    }
  });
};

const DEMO =
  '<li><a class="card" href="/demo"><strong>Demo</strong> A patient, a doctor, and the clock between them</a></li>';

const frontPage = (hasDemo: boolean): string =>
  htmlPage(
    'Session engine',
    `<h1>Session engine</h1>
<p>A patient and a doctor write to each other, and pay by the block of time.<br>
The server alone decides when time starts, when a unit goes and when it is over.<br>
Every unit has its entry in a ledger that nobody can change.</p>
<ul class="cards">
${hasDemo ? DEMO : ''}
<li><a class="card" href="/docs"><strong>Manual</strong> Every call, with its answers</a></li>
<li><a class="card" href="/admin/queues/"><strong>Queues</strong> The alarms, for administrators</a></li>
<li><a class="card" href="/health/ready"><strong>Health</strong> Whether everything answers</a></li>
</ul>`,
  );
