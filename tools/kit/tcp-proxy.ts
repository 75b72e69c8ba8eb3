import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Random } from '../chaos/random.ts';
import { createConnection, type Connection } from './connection.ts';
import type { Reader, Sight } from './sight.ts';

/** What the network does to everything that passes. */
export type Weather =
  | { readonly kind: 'fair' }
  /** What the program says arrives, what it is answered does not, until the weather changes. */
  | { readonly kind: 'one_way' }
  /** Nothing arrives on either side, and nobody is told. Connections of this time stay so for ever. */
  | { readonly kind: 'half_open' }
  | { readonly kind: 'slow'; readonly latencyMs: number }
  /** So often, a piece of data resets its connection instead of arriving. */
  | { readonly kind: 'resetting'; readonly probability: number; readonly random: Random };

/** What a guard wants done with a piece of data in which it saw something. */
export type Verdict = 'pass' | 'swallow' | 'cut';
/** Is asked before the data is passed on, in the same turn: whatever it kills is dead before the data arrives. */
export type Guard = (sight: Sight) => Verdict;

/** The way of one process to one server. */
export interface TcpProxy {
  readonly port: number;
  setTarget(port: number): void;
  setWeather(weather: Weather): void;
  /** Gives what takes the guard away again. */
  addGuard(guard: Guard): () => void;
  /** Resets every connection that is open. */
  cut(): void;
  /** As when nobody listens: open connections are reset, new ones refused. */
  shut(): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
}

export async function openTcpProxy(targetPort: number, read: () => Reader): Promise<TcpProxy> {
  let target = targetPort;
  let weather: Weather = { kind: 'fair' };
  const connections = new Set<Connection>();
  const guards = new Set<Guard>();
  const judge = (sights: readonly Sight[]): Verdict => {
    let worst: Verdict = 'pass';
    for (const sight of sights) {
      for (const guard of guards) {
        const verdict = guard(sight);
        if (verdict === 'cut' || worst === 'pass') worst = verdict;
      }
    }
    return worst;
  };
  const accept = (client: Socket): void => {
    const upstream = connect({ port: target, host: '127.0.0.1', noDelay: true });
    const connection = createConnection(client, upstream, read(), () => weather, judge);
    connections.add(connection);
    client.once('close', () => connections.delete(connection));
  };
  const cut = (): void => {
    for (const connection of connections) connection.reset();
  };
  let server = await listen(0, accept);
  const port = portOf(server);

  async function shut(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    cut();
    await closed;
  }

  return {
    port,
    setTarget: (newPort) => {
      target = newPort;
    },
    setWeather: (changed) => {
      weather = changed;
      for (const connection of connections) connection.weatherChanged();
    },
    addGuard: (guard) => {
      guards.add(guard);
      return () => guards.delete(guard);
    },
    cut,
    shut,
    open: async () => {
      if (!server.listening) server = await listen(port, accept);
    },
    close: shut,
  };
}

async function listen(port: number, accept: (client: Socket) => void): Promise<Server> {
  const server = createServer({ noDelay: true }, accept).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return address.port;
}
