import { setTimeout as pause } from 'node:timers/promises';
import type { Follower } from '../load/follower.ts';
import type { Observer } from '../rig/observer.ts';

/** What followers received, compared with the log. */
export interface Followed {
  readonly followers: number;
  readonly connections: number;
  readonly events: number;
  readonly missing: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  readonly differences: readonly string[];
}

type Received = Pick<Follower, 'journal' | 'follows' | 'problems'>;

/** Once the faults are over, every follower has everything within this time. */
const CATCH_UP_MS = 30_000;
const POLL_MS = 500;

const HEADS = `
  SELECT appointment_id::float8 AS "appointmentId", (
    SELECT count(*) FROM session_events e WHERE e.session_id = s.id
  )::integer AS head
  FROM text_appointment_sessions s`;

/** Waits until every follower has the log, or the limit has passed; then reports what they have. */
export async function checkFollowers(
  followers: readonly Follower[],
  observer: Pick<Observer, 'askPatiently'>,
): Promise<Followed> {
  const rows = await observer.askPatiently<{ appointmentId: number; head: number }>(HEADS);
  const heads = new Map(rows.map(({ appointmentId, head }) => [appointmentId, head]));
  const lastMs = performance.now() + CATCH_UP_MS;
  let compared = compareWithLog(followers, heads);
  while (compared.missing > 0 && performance.now() < lastMs) {
    await pause(POLL_MS);
    compared = compareWithLog(followers, heads);
  }
  return {
    ...compared,
    followers: followers.length,
    connections: followers.reduce((sum, { connections }) => sum + connections(), 0),
  };
}

/** `heads`: how many events the log of each appointment holds. */
export function compareWithLog(
  followers: readonly Received[],
  heads: ReadonlyMap<number, number>,
): Omit<Followed, 'followers' | 'connections'> {
  const count = { events: 0, missing: 0, doubled: 0, outOfOrder: 0 };
  const differences: string[] = [];
  for (const { journal, follows, problems } of followers) {
    differences.push(...problems);
    for (const [appointmentId, numbers] of journal) {
      const head = heads.get(appointmentId) ?? 0;
      const distinct = new Set(numbers);
      // One that was given up has a part of the log, from its beginning.
      const expected = follows(appointmentId) ? head : Math.max(0, ...numbers);
      const missing = expected - [...distinct].filter((n) => n <= expected).length;
      const doubled = numbers.length - distinct.size;
      const isOrdered = numbers.every((n, index) => index === 0 || n >= (numbers[index - 1] ?? 0));
      count.events += numbers.length;
      count.missing += missing;
      count.doubled += doubled;
      count.outOfOrder += isOrdered ? 0 : 1;
      if (missing + doubled > 0 || !isOrdered || Math.max(0, ...numbers) > head)
        differences.push(
          `a follower of appointment ${appointmentId} received ${numbers.join(', ')}; the log has 1 to ${head}`,
        );
    }
  }
  return { ...count, differences };
}
