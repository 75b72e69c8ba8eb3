import { once } from 'node:events';
import { createServer } from 'node:net';
import { SetupError } from './errors.ts';

/** Checks before minutes of other work that the port is free. @throws SetupError */
export async function checkPort(host: string, port: number): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw new SetupError(explain(host, port, error), { cause: error });
  }
  server.close();
  await once(server, 'close');
}

function explain(host: string, port: number, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is taken: stop the program that listens there, or set PORT to another one`;
    case 'EACCES':
      return `this user may not listen on port ${port}: set PORT to 1024 or more`;
    default:
      return `no program can listen on HOST ${host} (${code}): set HOST to an address of this machine, such as 127.0.0.1`;
  }
}

/** A port of the loopback interface that was free a moment ago. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a listening TCP server has no port');
  return address.port;
}
