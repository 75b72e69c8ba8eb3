import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { putLoad } from '../../tools/bench/load/load.ts';

let stop = (): void => {};
afterEach(() => stop());

async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stop = () => {
    server.closeAllConnections();
    server.close();
  };
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

const requests = ['/a', '/b'].map((path) => Buffer.from(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`));

describe('the load generator', () => {
  test('sends as many requests as the rate says, and every kind of them in turn', async () => {
    const seen: string[] = [];
    const port = await listen((request, response) => {
      seen.push(request.url ?? '');
      response.setHeader('content-length', 2).end('ok');
    });

    const round = await putLoad({ port, clients: 4, seconds: 0.5, rate: 200, requests });

    expect(round.answered).toBe(100);
    expect(seen).toHaveLength(100);
    expect(seen.filter((path) => path === '/b')).toHaveLength(50);
  });

  test('counts what waited behind a slow answer from when it was due', async () => {
    let isFirst = true;
    const port = await listen((_request, response) => {
      const waitMs = isFirst ? 400 : 0;
      isFirst = false;
      void pause(waitMs).then(() => response.setHeader('content-length', 2).end('ok'));
    });

    const round = await putLoad({ port, clients: 1, seconds: 0.5, rate: 100, requests });

    // One of 50 was slow; the others stood in line behind it.
    expect(round.p50Ms).toBeGreaterThan(100);
  });

  test('without a rate sends as soon as it was answered', async () => {
    const port = await listen((_request, response) => response.setHeader('content-length', 2).end('ok'));

    const round = await putLoad({ port, clients: 2, seconds: 0.2, requests });

    expect(round.answered).toBeGreaterThan(20);
    expect(round.generatorCpuUs).toBeGreaterThan(0);
  });

  test('reads an answer that comes in pieces', async () => {
    const port = await listen((_request, response) => {
      response.setHeader('content-length', 200_000);
      response.write('a'.repeat(100_000));
      setImmediate(() => response.end('b'.repeat(100_000)));
    });

    const round = await putLoad({ port, clients: 2, seconds: 0.2, rate: 50, requests });

    expect(round.answered).toBe(10);
  });

  test.each<[string, RequestListener]>([
    ['an answer is not a 2xx', (_request, response) => response.writeHead(503).end('busy')],
    ['the server hangs up', ({ socket }) => socket.destroy()],
    [
      'an answer does not say how long it is',
      (_request, response) => {
        response.flushHeaders();
        response.end('a');
      },
    ],
  ])('gives no figures where %s', async (_what, listener) => {
    const port = await listen(listener);

    await expect(putLoad({ port, clients: 1, seconds: 0.2, rate: 50, requests })).rejects.toThrow(
      'the load broke off',
    );
  });
});
