/** A way to a server that breaks once, after a given byte. Any server may be behind it. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export type Direction = 'to_server' | 'to_client';

export interface CuttingProxy {
  readonly port: number;
  /** Bytes that were passed on so far, over all connections. */
  readonly passed: Readonly<Record<Direction, number>>;
  readonly close: () => Promise<void>;
}

/** @param cut the connection in which this byte would go is reset before it does; later ones are whole */
export async function openCuttingProxy(
  targetPort: number,
  cut: { readonly direction: Direction; readonly afterByte: number } | null,
): Promise<CuttingProxy> {
  const passed = { to_server: 0, to_client: 0 };
  const open = new Set<Socket>();
  let isCut = false;

  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
    const reset = (): void => {
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    };
    const pass = (direction: Direction, from: Socket, to: Socket): void => {
      open.add(from);
      from.on('data', (data: Buffer) => {
        const left = cut?.direction === direction && !isCut ? cut.afterByte - passed[direction] : Infinity;
        passed[direction] += Math.min(data.length, left);
        if (data.length <= left) return void to.write(data);
        isCut = true;
        // What was before the cut has to arrive, so the connection is reset when it has gone.
        if (left > 0) to.write(data.subarray(0, left), reset);
        else reset();
      });
      from.on('end', () => to.end());
      from.on('error', reset);
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
    };
    pass('to_server', client, upstream);
    pass('to_client', upstream, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    passed,
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
