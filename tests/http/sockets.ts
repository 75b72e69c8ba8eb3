import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** The port that an app listens on, on this machine; it begins to listen if it does not yet. */
export async function portOf(app: FastifyInstance): Promise<number> {
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a TCP address');
  return address.port;
}

/** A connection, open. */
export async function openSocket(app: FastifyInstance): Promise<Socket> {
  const socket = connect(await portOf(app), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

/** All that comes until the other side hangs up. */
export async function readToEnd(socket: Socket): Promise<string> {
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => void pieces.push(piece));
  await once(socket, 'close');
  return Buffer.concat(pieces).toString();
}

/** What comes back for these bytes until the other side hangs up. */
export async function sendAndRead(app: FastifyInstance, bytes: string | Buffer): Promise<string> {
  const socket = await openSocket(app);
  socket.write(bytes);
  return readToEnd(socket);
}

/** The JSON of one raw answer, with its status. */
export function parseRaw(answer: string): { readonly status: number; readonly body: unknown } {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]), body: JSON.parse(body) };
}
