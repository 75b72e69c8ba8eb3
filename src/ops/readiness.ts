import type { Dependency } from '../http/app-options.ts';
import type { Ping } from '../alarms/inspection.ts';

/** As long as a dependency may take to answer before it counts as missing. */
const PING_TIMEOUT_MS = 2_000;

/** What this process cannot do without, and whether it is there. Asked at each call, all at once. */
export const createReadiness =
  (pingDatabase: () => Promise<void>, pingQueue: (timeoutMs: number) => Promise<Ping>) =>
  async (): Promise<readonly Dependency[]> => {
    const [database, queue] = await Promise.all([answersInTime(pingDatabase), pingQueue(PING_TIMEOUT_MS)]);
    return [
      { name: 'database', isReady: database === null, detail: database },
      {
        name: 'queue',
        isReady: queue.kind === 'up',
        detail: queue.kind === 'up' ? null : String(queue.error),
      },
    ];
  };

/** Null where it answered; else why not. */
async function answersInTime(ping: () => Promise<void>): Promise<string | null> {
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve(`no answer within ${PING_TIMEOUT_MS} ms`), PING_TIMEOUT_MS);
  try {
    return await Promise.race([ping().then(() => null), late]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}
