import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

const SWEEP_MS = 50;

/**
 * Lets closing the app take no longer than what is under way: that is answered with `Connection: close`, and every
 * idle connection is closed. What is left after `stopTimeoutMs`, such as a body that never arrives, is cut.
 */
export function closeConnectionsAtStop(
  app: FastifyInstance,
  { stopTimeoutMs }: { readonly stopTimeoutMs: number },
): void {
  const { server } = app;
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => void sockets.delete(socket));
  });
  let isStopping = false;
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (isStopping) reply.header('connection', 'close');
    done(null, payload);
  });
  app.addHook('preClose', (done) => {
    isStopping = true;
    if (server.listening) hurry(app, sockets, stopTimeoutMs);
    done();
  });
}

function hurry({ server }: FastifyInstance, sockets: ReadonlySet<Socket>, stopTimeoutMs: number): void {
  // Node takes a connection that has not sent a byte for one with a request under way.
  for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  // Node closes idle connections once, when it stops listening: not those that become idle later.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  // A closing server no longer checks for requests that take too long.
  const cut = setTimeout(() => server.closeAllConnections(), stopTimeoutMs);
  server.once('close', () => {
    clearInterval(sweep);
    clearTimeout(cut);
  });
}
