import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Random } from './random.ts';

/** What the network does to everything that passes. */
export type NetworkCondition =
  | { readonly kind: 'normal' }
  /** What the client sends arrives; answers are held back until the condition changes. */
  | { readonly kind: 'one_way' }
  /** Nothing arrives on either side and nothing is closed. Connections that lived through it stay so for ever. */
  | { readonly kind: 'half_open' }
  | { readonly kind: 'slow'; readonly latencyMs: number }
  /** With this probability, a piece of data resets its connection instead of arriving. */
  | { readonly kind: 'resetting'; readonly probability: number; readonly random: Random };

/** What is recognised in the protocol, just before it is passed on. */
export type WireEvent =
  /** A program asks PostgreSQL to commit. */
  | 'commit_asked'
  /** PostgreSQL has committed and says so. */
  | 'commit_done'
  /** A program sends Redis a script with the id of an alarm among its arguments. */
  | 'alarm_asked'
  /** Redis has run such a script and answers. */
  | 'alarm_done';

/** Reads along one connection, in both directions, from its first byte. */
export interface WireReader {
  readonly fromClient: (chunk: Buffer) => readonly WireEvent[];
  readonly fromServer: (chunk: Buffer) => readonly WireEvent[];
}

/** What is done with the piece of data in which the event was seen. */
export type Verdict = 'pass' | 'swallow' | 'cut';
/** Is asked before the data is passed on, in the same turn: whatever it kills is dead before the data arrives. */
export type Interceptor = (event: WireEvent, connectionNo: number) => Verdict;

/** Stands before a server on the loopback interface, and takes it away from those who go through it. */
export interface TcpProxy {
  readonly port: number;
  /** Of connections that are made from now on. */
  readonly setTarget: (port: number) => void;
  readonly setCondition: (condition: NetworkCondition) => void;
  /** Passes nothing on any more over the connections that are open, and closes none. New ones work. */
  readonly silence: () => void;
  /** Gives what takes the interceptor away again. */
  readonly intercept: (interceptor: Interceptor) => () => void;
  /** Resets every connection that is open. */
  readonly cut: () => void;
  /** As when nobody listens: open connections are reset, new ones refused. */
  readonly shut: () => Promise<void>;
  readonly open: () => Promise<void>;
}

const NORMAL: NetworkCondition = { kind: 'normal' };
const UNREAD: WireReader = { fromClient: () => [], fromServer: () => [] };

/** The server's URL by way of the proxy. */
export function throughProxy(url: string, proxy: Pick<TcpProxy, 'port'>): string {
  const proxied = new URL(url);
  proxied.hostname = '127.0.0.1';
  proxied.port = String(proxy.port);
  return proxied.href;
}

export const portIn = (url: string): number => Number(new URL(url).port);

export async function openTcpProxy(
  targetPort: number,
  read: () => WireReader = () => UNREAD,
): Promise<TcpProxy> {
  let target = targetPort;
  let condition = NORMAL;
  let accepted = 0;
  const connections = new Set<Connection>();
  const interceptors = new Set<Interceptor>();
  const judge = (events: readonly WireEvent[], no: number): Verdict => {
    let worst: Verdict = 'pass';
    for (const event of events)
      for (const interceptor of interceptors) {
        const verdict = interceptor(event, no);
        if (verdict === 'cut' || worst === 'pass') worst = verdict;
      }

    return worst;
  };
  const accept = (client: Socket): void => {
    accepted += 1;
    const no = accepted;
    const server = connect({ port: target, host: '127.0.0.1', noDelay: true });
    const connection = connectThrough(client, server, read(), {
      condition: () => condition,
      judge: (events) => judge(events, no),
    });
    connections.add(connection);
    client.once('close', () => connections.delete(connection));
  };
  const setCondition = (changed: NetworkCondition): void => {
    condition = changed;
    for (const connection of connections) connection.conditionChanged();
  };
  const cut = (): void => {
    for (const connection of connections) connection.reset();
  };
  let server = await listen(0, accept);
  const port = portOf(server);

  return {
    port,
    setTarget: (newPort) => {
      target = newPort;
    },
    setCondition,
    silence: () => {
      const before = condition;
      setCondition({ kind: 'half_open' });
      setCondition(before);
    },
    intercept: (interceptor) => {
      interceptors.add(interceptor);
      return () => interceptors.delete(interceptor);
    },
    cut,
    shut: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
    open: async () => {
      if (!server.listening) server = await listen(port, accept);
    },
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

interface Connection {
  readonly conditionChanged: () => void;
  /** RST on both sides, without a reason. */
  readonly reset: () => void;
}

/** What one side sends, on its way to the other. */
interface Direction {
  readonly from: Socket;
  readonly to: Socket;
  readonly read: (chunk: Buffer) => readonly WireEvent[];
  /** What waits until the condition changes. */
  held: Buffer[];
}

function connectThrough(
  client: Socket,
  server: Socket,
  reader: WireReader,
  proxy: {
    readonly condition: () => NetworkCondition;
    readonly judge: (events: readonly WireEvent[]) => Verdict;
  },
): Connection {
  const up: Direction = { from: client, to: server, read: reader.fromClient, held: [] };
  const down: Direction = { from: server, to: client, read: reader.fromServer, held: [] };
  /** It lived through a half-open network, and passes nothing on any more. */
  let isDead = proxy.condition().kind === 'half_open';

  const reset = (): void => {
    client.resetAndDestroy();
    server.resetAndDestroy();
  };

  function receive(direction: Direction, chunk: Buffer): void {
    const verdict = proxy.judge(direction.read(chunk));
    if (verdict === 'cut') reset();
    if (verdict !== 'pass' || isDead) return;
    const now = proxy.condition();
    switch (now.kind) {
      case 'normal':
        send(direction, chunk);
        return;
      case 'slow':
        setTimeout(() => send(direction, chunk), now.latencyMs);
        return;
      case 'resetting':
        if (now.random.chance(now.probability)) reset();
        else send(direction, chunk);
        return;
      case 'one_way':
        if (direction === up) send(direction, chunk);
        else direction.held.push(chunk);
        return;
      case 'half_open':
        return;
    }
  }

  for (const direction of [up, down]) {
    direction.from.on('data', (chunk: Buffer) => receive(direction, chunk));
    // 'close' follows an error.
    direction.from.on('error', () => {});
    // That one side has closed travels like everything else.
    direction.from.on('close', () => {
      if (proxy.condition().kind !== 'half_open') direction.to.destroySoon();
    });
  }
  return {
    conditionChanged: () => {
      const { kind } = proxy.condition();
      isDead ||= kind === 'half_open';
      if (kind === 'half_open' || kind === 'one_way') return;
      if (client.destroyed) server.destroy();
      if (server.destroyed) client.destroySoon();
      if (isDead) return;
      for (const chunk of down.held.splice(0)) send(down, chunk);
    },
    reset,
  };
}

function send({ from, to }: Direction, chunk: Buffer): void {
  if (to.destroyed || to.write(chunk)) return;
  from.pause();
  to.once('drain', () => from.resume());
}
