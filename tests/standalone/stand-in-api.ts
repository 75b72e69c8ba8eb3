// Stands in for src/server.ts where only the process around it is under test: it keeps to the same contract
// towards `npm start` (settings from the environment, readiness, SIGTERM) and to the routes that the demo uses.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';

const appointments = new Set<string>();
const used = new Set((process.env['STAND_IN_USED'] ?? '').split(','));
let units = 0;

const server = createServer((request, response) => {
  request.resume();
  if (request.method !== 'GET') trace('changed something');
  const data = answer(request);
  response.writeHead(data === undefined ? 404 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ success: data !== undefined, data: data ?? {} }));
});

server.listen(Number(process.env['PORT']), process.env['HOST'] ?? '127.0.0.1', () => trace('started'));

process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  trace('drained');
});

// An API that breaks down.
process.once('SIGUSR2', () => process.exit(1));

function answer(request: IncomingMessage): object | undefined {
  const [, route, id = ''] = /^\/(?:api\/)?(.*?)(?:\/(\d+)(?:\/.*)?)?$/.exec(request.url ?? '') ?? [];
  switch (`${request.method} ${route}`) {
    case 'GET health/ready':
      return {};
    case 'PUT admin/subscriptions':
      units += 10;
      return {};
    case 'PUT admin/appointments':
      appointments.add(id);
      return {};
    case 'GET admin/patients':
      return units === 0 ? undefined : { available_sessions: units };
    case 'GET text-appointments':
      return { is_active: false, is_ended: used.has(id) };
    default:
      return undefined;
  }
}

function trace(what: string): void {
  appendFileSync(process.env['STAND_IN_TRACE'] ?? '/dev/null', `API ${process.pid} ${what}\n`);
}
