import { join } from 'node:path';
import fastifyHelmet from '@fastify/helmet';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { allowOrigins } from '../cors.ts';
import { fail } from '../errors.ts';
import { openClientFile } from './client-file.ts';
import { htmlPage } from './html-page.ts';
import { pageHeaders } from './page-headers.ts';
import { readPageFile, sendFile } from './send-file.ts';

interface FrontDoorOptions {
  readonly hasDemo: boolean;
  /** Pages of these origins may load the client, too. */
  readonly corsOrigins: readonly string[];
}

/** What an address without a path shows, and the files that every browser may load: no token is asked for. */
export const frontDoor: FastifyPluginAsync<FrontDoorOptions> = async (app, { hasDemo, corsOrigins }) => {
  await app.register(async (pages) => {
    await pages.register(fastifyHelmet, pageHeaders());
    const page = frontPage(hasDemo);
    const theme = readPageFile(join(import.meta.dirname, 'theme.css'));
    pages.get('/', async (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
    pages.get('/theme.css', async (request, reply) => sendFile(request, reply, theme, 'text/css'));
  });
  await app.register(async (client) => clientRoute(client, corsOrigins), { prefix: '/client.js' });
};

async function clientRoute(app: FastifyInstance, corsOrigins: readonly string[]): Promise<void> {
  await allowOrigins(app, corsOrigins);
  const clientFile = openClientFile();
  app.get('', async (request, reply) => {
    try {
      return await sendFile(request, reply, await clientFile(), 'text/javascript');
    } catch (error) {
      request.log.error({ err: error }, 'client.js cannot be served');
      return fail(reply, 'unavailable');
    }
  });
}

const DEMO =
  '<li><a class="card" href="/demo"><strong>Demo</strong> A patient, a doctor, and the clock between them</a></li>';

const frontPage = (hasDemo: boolean): string =>
  htmlPage(
    'Session engine',
    `<h1>Session engine</h1>
<p>A patient and a doctor write to each other; the patient pays by the block of time.<br>
The server alone decides when time starts, when a unit goes and when it is over.<br>
Every unit has its entry in a ledger that nobody can change.</p>
<ul class="cards">
${hasDemo ? DEMO : ''}
<li><a class="card" href="/docs"><strong>Manual</strong> Every call, with its answers</a></li>
<li><a class="card" href="/admin/queues/"><strong>Queues</strong> The alarms, for administrators</a></li>
<li><a class="card" href="/health/ready"><strong>Health</strong> Whether everything answers</a></li>
</ul>`,
  );
