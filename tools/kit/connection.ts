import type { Socket } from 'node:net';
import type { Reader, Sight } from './sight.ts';
import type { Verdict, Weather } from './tcp-proxy.ts';

/** One connection of a program to a server, by way of us. */
export interface Connection {
  weatherChanged(): void;
  /** RST on both sides: neither is told why. */
  reset(): void;
}

/** What one side sends, on its way to the other. */
interface Lane {
  readonly from: Socket;
  readonly to: Socket;
  readonly read: (chunk: Buffer) => readonly Sight[];
  /** What waits for better weather. */
  held: Buffer[];
}

export function createConnection(
  client: Socket,
  server: Socket,
  reader: Reader,
  weather: () => Weather,
  judge: (sights: readonly Sight[]) => Verdict,
): Connection {
  const up: Lane = { from: client, to: server, read: reader.fromClient, held: [] };
  const down: Lane = { from: server, to: client, read: reader.fromServer, held: [] };
  /** The other side has gone without a word, as far as each can tell. */
  let isDeaf = weather().kind === 'half_open';

  const reset = (): void => {
    client.resetAndDestroy();
    server.resetAndDestroy();
  };

  function receive(lane: Lane, chunk: Buffer): void {
    const verdict = judge(lane.read(chunk));
    if (verdict === 'cut') reset();
    if (verdict !== 'pass' || isDeaf) return;
    const now = weather();
    switch (now.kind) {
      case 'fair':
        send(lane, chunk);
        return;
      case 'slow':
        setTimeout(() => send(lane, chunk), now.latencyMs);
        return;
      case 'resetting':
        if (now.random.chance(now.probability)) reset();
        else send(lane, chunk);
        return;
      case 'one_way':
        if (lane === up) send(lane, chunk);
        else lane.held.push(chunk);
        return;
      case 'half_open':
        return;
    }
  }

  for (const lane of [up, down]) {
    lane.from.on('data', (chunk: Buffer) => receive(lane, chunk));
    // What follows an error is 'close'.
    lane.from.on('error', () => {});
    // The news that one side has gone travels like everything else.
    lane.from.on('close', () => {
      if (weather().kind !== 'half_open') lane.to.destroySoon();
    });
  }
  return {
    weatherChanged: () => {
      const { kind } = weather();
      isDeaf ||= kind === 'half_open';
      if (kind === 'half_open' || kind === 'one_way') return;
      if (client.destroyed) server.destroy();
      if (server.destroyed) client.destroySoon();
      if (isDeaf) return;
      for (const chunk of down.held.splice(0)) send(down, chunk);
    },
    reset,
  };
}

function send({ from, to }: Lane, chunk: Buffer): void {
  if (to.destroyed || to.write(chunk)) return;
  from.pause();
  to.once('drain', () => from.resume());
}
