import type { Client } from 'pg';

/** The one clock of a database (decision 0002), moved by hand. It only goes forward, as that of a real one should. */
export interface MovedClock {
  readonly nowMs: () => number;
  /** Sets it to this instant, in milliseconds since 1970; an earlier one leaves it as it is. */
  readonly moveTo: (ms: number) => Promise<void>;
  /** Gives the database its own clock again, as the migrations made it. */
  readonly restore: () => Promise<void>;
}

/** To be called before anything else is connected: what is planned before then keeps the old clock. */
export async function takeClock(sql: Client, startMs: number): Promise<MovedClock> {
  const { rows } = await sql.query<{ definition: string }>(
    `SELECT pg_get_functiondef('session_clock()'::regprocedure) AS definition`,
  );
  const definition = rows[0]?.definition;
  if (definition === undefined) throw new Error('the database has no session_clock()');
  // Nobody needs it after a crash.
  await sql.query('CREATE UNLOGGED TABLE moved_clock (now timestamptz NOT NULL)');
  await sql.query('INSERT INTO moved_clock VALUES ($1)', [new Date(startMs)]);
  await sql.query(`CREATE OR REPLACE FUNCTION session_clock() RETURNS timestamptz
    LANGUAGE sql VOLATILE AS 'SELECT now FROM public.moved_clock'`);
  let nowMs = startMs;
  return {
    nowMs: () => nowMs,
    moveTo: async (ms) => {
      if (ms <= nowMs) return;
      nowMs = ms;
      await sql.query('UPDATE moved_clock SET now = $1', [new Date(ms)]);
    },
    restore: async () => {
      await sql.query(definition);
      await sql.query('DROP TABLE moved_clock');
    },
  };
}
