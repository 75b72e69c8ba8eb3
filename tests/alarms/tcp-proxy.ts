import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands before a server that cannot be killed, and takes it away from one test only. */
export interface TcpProxy {
  /** The server's URL, by way of the proxy. */
  readonly url: string;
  /** Passes nothing on any more over the connections that are open, and closes none. New ones work. */
  silence(): void;
  /** Passes nothing on any more, also over new connections, and closes none: whoever waits, waits. */
  swallow(): void;
  /** New connections work again; those that were swallowed stay as they are. */
  passOn(): void;
  /** Resets every connection and refuses new ones. */
  cut(): Promise<void>;
  restore(): Promise<void>;
  close(): Promise<void>;
}

export async function startTcpProxy(serverUrl: string): Promise<TcpProxy> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let isSwallowing = false;
  let server = await listen(0);
  const port = portOf(server);
  const url = new URL(serverUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);

  async function listen(onPort: number): Promise<Server> {
    const listening = createServer((client) => {
      if (isSwallowing) {
        sockets.add(client);
        client.on('error', () => {}).on('close', () => sockets.delete(client));
        return;
      }
      const upstream = connect(Number(target.port), target.hostname);
      for (const [from, to] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        sockets.add(from);
        from.pipe(to);
        from.on('error', () => to.destroy());
        from.on('close', () => {
          sockets.delete(from);
          to.destroy();
        });
      }
    }).listen(onPort, '127.0.0.1');
    await once(listening, 'listening');
    return listening;
  }

  async function cut(): Promise<void> {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  }

  function silence(): void {
    for (const socket of sockets) socket.unpipe().pause();
  }

  return {
    url: url.href,
    silence,
    swallow: () => {
      isSwallowing = true;
      silence();
    },
    passOn: () => {
      isSwallowing = false;
    },
    cut,
    restore: async () => {
      server = await listen(port);
    },
    close: async () => {
      if (server.listening) await cut();
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a TCP address');
  return address.port;
}
