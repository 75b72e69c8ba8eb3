import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** An address that stays the same while the server behind it changes, as a cluster manager moves one. */
export interface MovingAddress {
  readonly port: number;
  /** Connections from now on reach this port of the loopback interface. Those that are open are reset, or stay where they are. */
  readonly pointTo: (port: number, open: 'reset' | 'keep') => void;
  readonly close: () => Promise<void>;
}

export async function openMovingAddress(firstPort: number): Promise<MovingAddress> {
  let target = firstPort;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the address has no port');
  const resetAll = (): void => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    port: address.port,
    pointTo: (port, isOpen) => {
      target = port;
      if (isOpen === 'reset') resetAll();
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      resetAll();
      await closed;
    },
  };
}
