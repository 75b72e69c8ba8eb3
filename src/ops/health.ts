import type { Ping, Restriction } from '../alarms/board.ts';
import { withTimeout } from '../async/timeout.ts';

export interface Dependency {
  /** Shown to everybody, such as `database`. */
  readonly name: string;
  readonly isReady: boolean;
  /** Logged, never shown. */
  readonly detail: string | null;
  /** What holds it up although it is ready. Shown to everybody. */
  readonly warnings?: readonly string[];
}

/** As long as a dependency may take to answer before it counts as missing. */
const PING_TIMEOUT_MS = 2_000;

/** What this process cannot do without, and whether it is there. Asked at each call, all at once. */
export const createReadiness =
  (
    pingDatabase: () => Promise<void>,
    pingQueue: (timeoutMs: number) => Promise<Ping>,
    restrictions: () => Promise<readonly Restriction[]>,
  ) =>
  async (): Promise<readonly Dependency[]> => {
    const [database, queue, restricted] = await Promise.all([
      answersInTime(pingDatabase),
      pingQueue(PING_TIMEOUT_MS),
      // Where it is away, the ping says so.
      withTimeout(restrictions(), PING_TIMEOUT_MS, 'the queue did not answer').catch(() => []),
    ]);
    return [
      { name: 'database', isReady: database === null, detail: database },
      {
        name: 'queue',
        isReady: queue.kind === 'up',
        detail: queue.kind === 'up' ? null : String(queue.error),
        warnings: restricted.map(({ queue: name, restriction }) => `${name} is ${restriction}`),
      },
    ];
  };

/** Null where it answered; else why not. */
async function answersInTime(ping: () => Promise<void>): Promise<string | null> {
  try {
    await withTimeout(ping(), PING_TIMEOUT_MS, `no answer within ${PING_TIMEOUT_MS} ms`);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
