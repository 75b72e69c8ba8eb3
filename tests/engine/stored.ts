/** What the tables hold of money and of sessions, with each time in minutes since the tests' clock began. */
import type { Client } from 'pg';
import type { SessionId } from '../../src/billing/ids.ts';

export interface LedgerLine {
  readonly kind: string;
  readonly reason: string;
  readonly units: number;
  readonly no: number | null;
  readonly grant: number;
  /** Minutes since `beginMs`. */
  readonly due: number;
  readonly recorded: number;
  readonly balance: number;
}

export const storedIn = (sql: Client, beginMs: number) => ({
  ledger: async (session?: SessionId): Promise<LedgerLine[]> => {
    const { rows } = await sql.query<LedgerLine>(
      `SELECT kind, reason, units, interval_no AS no, grant_id::integer AS grant,
         ((epoch_ms(effective_at) - $2::bigint) / 60000.0)::float8 AS due,
         ((epoch_ms(recorded_at) - $2::bigint) / 60000.0)::float8 AS recorded, balance_after AS balance
       FROM ledger_entries WHERE ($1::bigint IS NULL AND kind <> 'grant') OR session_id = $1 ORDER BY id`,
      [session ?? null, beginMs],
    );
    return rows;
  },
  session: async (id: SessionId) => {
    const { rows } = await sql.query<{
      active: boolean;
      used: number;
      reason: string | null;
      end_units: number | null;
      ended: number | null;
    }>(
      `SELECT is_active AS active, sessions_used AS used, end_reason AS reason, end_units,
         ((epoch_ms(ended_at) - $2::bigint) / 60000.0)::float8 AS ended
       FROM text_appointment_sessions WHERE id = $1`,
      [id, beginMs],
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`no session ${id}`);
    return row;
  },
  units: async (id: number) => {
    const { rows } = await sql.query<{ remaining: number; held: number }>(
      'SELECT remaining, held FROM grants WHERE id = $1',
      [id],
    );
    return rows[0];
  },
});
