import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { statementName } from '../../src/storage/client.ts';

/** A wire to PostgreSQL that can be cut at the worst moment, or fall silent: after COMMIT counted and before its answer arrives. */
export interface CommitCutter {
  readonly url: string;
  /** The next COMMIT reaches the server and is carried out; its answer, and the connection, are lost. */
  readonly cutNext: () => void;
  readonly cuts: () => number;
  /** The next COMMIT stops on its way to the server, or its answer on the way back. Resolves when it is there. */
  readonly holdNext: (where: 'before' | 'after') => Promise<void>;
  /** From now on nothing arrives on either side, on any connection that is open or is made, and nobody is told. */
  readonly silence: () => void;
  /** New connections work again. Those from before stay silent. */
  readonly speak: () => void;
  readonly close: () => Promise<void>;
}

export async function cutCommits(url: string): Promise<CommitCutter> {
  const target = new URL(url);
  let armed = 0;
  let cuts = 0;
  let hold: { readonly where: 'before' | 'after'; readonly reached: () => void } | null = null;
  let isSilent = false;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let isCutting = false;
    let isCutOff = false;
    let reached: (() => void) | null = null;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (data) => {
      isCutOff ||= isSilent;
      if (isCutOff) return;
      if (hold !== null && data.includes(statementName('COMMIT'))) {
        const { where } = hold;
        reached = hold.reached;
        hold = null;
        isCutOff = true;
        if (where === 'after') upstream.write(data);
        else reached();
        return;
      }
      // The first time on a connection its text travels in the clear, later the name under which it was prepared.
      if (armed > 0 && (data.includes('COMMIT') || data.includes(statementName('COMMIT')))) {
        armed -= 1;
        isCutting = true;
      }
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      isCutOff ||= isSilent;
      // The server has answered, so the COMMIT has counted.
      reached?.();
      if (isCutOff) return;
      if (!isCutting) {
        client.write(data);
        return;
      }
      // The server has answered, so the COMMIT has counted. Nobody will hear of it.
      cuts += 1;
      client.resetAndDestroy();
      upstream.destroy();
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxied = new URL(url);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the wire has no port');
  proxied.port = String(address.port);
  proxied.hostname = '127.0.0.1';
  return {
    url: proxied.href,
    cutNext: () => {
      armed += 1;
    },
    cuts: () => cuts,
    holdNext: (where) =>
      new Promise((resolve) => {
        hold = { where, reached: resolve };
      }),
    silence: () => {
      isSilent = true;
    },
    speak: () => {
      isSilent = false;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
