import { deduct, recordActivity, startSession } from './billing.ts';
import { inTransaction, openPool, type Peer, PEER_CONNECTIONS, type Running } from './contestant.ts';

/*
 * A sweep every minute: the oldest design of all, a cron job over the table. There is no queue; the row of a session
 * says when it is due, and an index finds it. An activity is one update. Every minute the sweep asks for the sessions
 * that are due and settles each in a transaction of its own, as many at once as there are connections, so that one
 * bad row fails alone. It is hard to break and easy to explain, and it costs nothing while nothing is due.
 *
 * Fair, because it is given what it needs: the product's partial index over the deadlines, prepared statements, a
 * pool twice as large as the product's, and a first round at the start. Its lateness is its design: half a minute in
 * the middle, a minute at worst.
 */
export const minuteSweep: Peer = {
  name: 'minute sweep',
  prepare: () => Promise.resolve(),
  arm: () => Promise.resolve(),
  lateByDesignMs: 60_000,
  openApi: ({ databaseUrl }) => {
    const pool = openPool(databaseUrl);
    return {
      start: (appointmentId, userId) =>
        inTransaction(pool, (client) => startSession(client, appointmentId, userId)),
      recordActivity: (appointmentId, userId) => recordActivity(pool, appointmentId, userId),
      close: () => pool.end(),
    };
  },
  openWorker: ({ databaseUrl }) => startSweep(databaseUrl),
};

const INTERVAL_MS = 60_000;
const PAGE = 1_000;

function startSweep(databaseUrl: string): Running {
  const pool = openPool(databaseUrl);
  const closing = new AbortController();
  let running = Promise.resolve();

  async function sweep(): Promise<void> {
    // A page of which nothing could be settled is left to the next round.
    for (let settled = PAGE; settled > 0 && !closing.signal.aborted;) {
      const { rows } = await pool.query<{ sessionId: number }>({
        name: 'find-due',
        text: `SELECT id::integer AS "sessionId" FROM text_appointment_sessions
          WHERE is_active AND next_deadline_at <= session_clock() ORDER BY next_deadline_at, id LIMIT $1`,
        values: [PAGE],
      });
      settled = await settleAll(rows.map(({ sessionId }) => sessionId));
    }
  }

  /** As many at once as there are connections. */
  async function settleAll(sessions: readonly number[]): Promise<number> {
    const waiting = sessions.values();
    let settled = 0;
    const settleOneByOne = async (): Promise<void> => {
      for (const sessionId of waiting)
        try {
          await inTransaction(pool, (client) => deduct(client, sessionId));
          settled += 1;
        } catch (error) {
          console.error(`session ${sessionId} could not be settled; the next round tries again`, error);
        }
    };
    await Promise.all(Array.from({ length: PEER_CONNECTIONS }, settleOneByOne));
    return settled;
  }

  const begin = (): void => {
    // Never two rounds at a time: a long one makes the next wait.
    running = running
      .then(sweep)
      .catch((error: unknown) => console.error('a round of the sweep broke off', error));
  };
  begin();
  const timer = setInterval(begin, INTERVAL_MS);
  return {
    close: async () => {
      closing.abort();
      clearInterval(timer);
      await running;
      await pool.end();
    },
  };
}
