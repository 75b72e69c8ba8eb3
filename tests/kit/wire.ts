import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { openTcpProxy, type TcpProxy, type WireReader } from '../../tools/kit/tcp-proxy.ts';

/** A server that repeats what it hears, a proxy before it, and what a client of it sees. */
export interface Wire {
  readonly proxy: TcpProxy;
  readonly connect: () => Promise<Line>;
  readonly heardByServer: () => string;
  readonly close: () => Promise<void>;
}

export interface Line {
  readonly socket: Socket;
  readonly say: (words: string) => void;
  readonly heard: () => string;
  /** Resolves with how the connection ended. */
  readonly ended: Promise<'closed' | 'reset'>;
}

export async function openWire(read: () => WireReader): Promise<Wire> {
  let heard = '';
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (data: Buffer) => {
      heard += data.toString();
      socket.write(data);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const proxy = await openTcpProxy(address.port, read);
  return {
    proxy,
    heardByServer: () => heard,
    connect: async () => {
      const line = lineOf(connect(proxy.port, '127.0.0.1'));
      await once(line.socket, 'connect');
      return line;
    },
    close: async () => {
      await proxy.shut();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function lineOf(socket: Socket): Line {
  let heard = '';
  let wasReset = false;
  socket.on('data', (data: Buffer) => {
    heard += data.toString();
  });
  socket.on('error', () => {
    wasReset = true;
  });
  const ended = new Promise<'closed' | 'reset'>((resolve) => {
    socket.once('close', () => resolve(wasReset ? 'reset' : 'closed'));
  });
  return { socket, say: (words) => void socket.write(words), heard: () => heard, ended };
}
