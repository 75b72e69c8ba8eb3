import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type HeartbeatParts, startHeartbeat, turnOf } from '../../src/watch/heartbeat.ts';
import { ago, audited, MINUTE, overdue, runs, SECOND, stateWith } from './facts.ts';

const SELF = runs('worker').id;
const EVENTUALLY = { timeout: 20_000, interval: 5 };

describe('the heartbeat', () => {
  test.each([
    ['all is well', stateWith(), 'well'],
    ['a session is overdue for less than a minute', stateWith({ sessions: overdue(1, ago(MINUTE)) }), 'well'],
    ['a session is overdue for longer', stateWith({ sessions: overdue(1, ago(61 * SECOND)) }), 'held'],
    ['the last audit found a difference', stateWith({ lastAudit: audited({ differences: 1 }) }), 'held'],
    [
      'somebody has taken note of the difference',
      stateWith({ lastAudit: audited({ differences: 1, isAcknowledged: true }) }),
      'well',
    ],
    ['no night was audited yet', stateWith({ lastAudit: null }), 'well'],
    ['this worker is not written down', stateWith({ processes: [runs('api')] }), 'another'],
    [
      'another worker has run for longer',
      stateWith({ processes: [runs('api'), runs('worker', { id: 'another' }), runs('worker')] }),
      'another',
    ],
  ])('where %s', (_where, state, kind) => {
    expect(turnOf(state, SELF).kind).toBe(kind);
  });

  test('is a GET again and again, of which the log tells the status once', async () => {
    const { url, asked } = await openMonitor((_request, response) => response.end());
    const lines = start({ url });
    await expect.poll(() => asked.length, EVENTUALLY).toBeGreaterThan(3);
    expect(new Set(asked)).toStrictEqual(new Set(['GET /ping/5ecret']));
    expect(lines).toStrictEqual(['info {"status":200} The heartbeat is sent']);
  });

  test('stops while the database or the queue is away, and goes on after', async () => {
    const { url, asked } = await openMonitor((_request, response) => response.end());
    let isAway = true;
    const pingQueue = () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve());
    const lines = start({ url, pingQueue });
    await expect.poll(() => lines.length, EVENTUALLY).toBe(1);
    expect(asked).toStrictEqual([]);
    isAway = false;
    await expect.poll(() => asked.length, EVENTUALLY).toBeGreaterThan(0);
    expect(lines).toStrictEqual([
      'warn {"reason":"the database or the queue does not answer"} No heartbeat is sent',
      'info {"status":200} The heartbeat is sent',
    ]);
  });

  test('follows no redirect', async () => {
    const { url, asked } = await openMonitor((_request, response) =>
      response.writeHead(302, { location: '/elsewhere' }).end(),
    );
    const lines = start({ url });
    await expect.poll(() => asked.length, EVENTUALLY).toBeGreaterThan(2);
    expect(new Set(asked)).toStrictEqual(new Set(['GET /ping/5ecret']));
    expect(lines).toStrictEqual(['warn {"status":302} The heartbeat was not accepted: see HEARTBEAT_URL']);
  });

  test('tells no part of its address where nobody answers there', async () => {
    const { url, close } = await openMonitor((_request, response) => response.end());
    await close();
    const lines = start({ url });
    await expect.poll(() => lines.length, EVENTUALLY).toBe(1);
    expect(lines).toStrictEqual(['warn {"status":null} The heartbeat was not accepted: see HEARTBEAT_URL']);
  });

  test('waits five seconds for an answer, no longer', async () => {
    const { url, asked } = await openMonitor(() => {});
    const lines = start({ url, everyMs: 60_000 });
    await expect.poll(() => asked.length, EVENTUALLY).toBe(1);
    const askedMs = performance.now();
    await expect.poll(() => lines.length, EVENTUALLY).toBe(1);
    const tookMs = performance.now() - askedMs;
    expect(tookMs).toBeGreaterThan(4_500);
    expect(tookMs).toBeLessThan(8_000);
  });
});

/** A monitor elsewhere, and what it was asked. */
async function openMonitor(answer: RequestListener) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(close);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/ping/5ecret`, asked, close };
}

/** Gives the lines that are logged. */
function start(parts: Partial<HeartbeatParts> & { readonly url: string }): readonly string[] {
  const lines: string[] = [];
  const log = (level: string) => (fields: object, text: string) =>
    void lines.push(`${level} ${JSON.stringify(fields)} ${text}`);
  const heartbeat = startHeartbeat({
    selfId: SELF,
    database: { ping: async () => {}, state: async () => stateWith() },
    pingQueue: async () => {},
    log: { info: log('info'), warn: log('warn') },
    everyMs: 10,
    firstAfterMs: 0,
    ...parts,
  });
  onTestFinished(() => heartbeat.close());
  return lines;
}
