import type { Client } from 'pg';
import { sessionId } from '../../../src/billing/ids.ts';
import { type Config, readConfig } from '../../../src/config.ts';
import { createAuditing } from '../../../src/engine.ts';
import { createHandlers } from '../../../src/sessions/commands/handlers.ts';
import { createExecutor, type Observer } from '../../../src/sessions/executor.ts';
import { openDatabase } from '../../../src/storage/database.ts';
import type { Random } from '../random.ts';
import { SECRET } from '../tokens.ts';
import type { MovedClock } from './moved-clock.ts';

/** From when to when no worker runs: what falls due meanwhile is written afterwards. In ms since 1970. */
export interface Outage {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a worker does, at the pace of a clock that is moved by hand. */
export interface Worker {
  /** Settles every session whose deadline comes before this instant, each a moment after it. */
  readonly workUntil: (untilMs: number) => Promise<void>;
  /** Audits the night that is due. @throws where the auditor finds a difference. */
  readonly audit: () => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Due {
  readonly id: number;
  readonly atMs: number;
}

const QUIET: Observer = {
  committed: () => {},
  touched: () => {},
  // `settle` below waits for it and rejects.
  batchBroken: () => {},
  touchFailed: () => {},
  alarmsNotSet: () => {},
};

const DUE = `
  SELECT id::float8 AS id, epoch_ms(next_deadline_at)::float8 AS "atMs" FROM text_appointment_sessions
  WHERE is_active AND next_deadline_at <= $1 ORDER BY next_deadline_at, id`;

export function openWorker(
  url: string,
  sql: Client,
  clock: MovedClock,
  outages: readonly Outage[],
  random: Random,
): Worker {
  const config = configOf(url);
  const database = openDatabase({ url, maxConnections: 2, applicationName: 'session-engine seed' });
  const { execute, idle } = createExecutor({
    transact: database.store.transact,
    // The product's own worker sets all alarms when it starts.
    alarms: { arm: () => Promise.resolve() },
    handlers: createHandlers(config),
    observer: QUIET,
  });
  const auditing = createAuditing(database.audit);

  const settledAt = ({ atMs }: Due): number => {
    const outage = outages.find(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs);
    return (outage?.toMs ?? atMs) + random.between(4, 60);
  };

  /** The one that is settled first, of those that are settled before this instant. */
  async function nextDue(
    untilMs: number,
  ): Promise<{ readonly id: number; readonly settleMs: number } | null> {
    const { rows } = await sql.query<Due>(DUE, [new Date(untilMs)]);
    const settled = rows.map((due) => ({ id: due.id, settleMs: settledAt(due) }));
    const [first = null] = settled.toSorted((a, b) => a.settleMs - b.settleMs);
    return first === null || first.settleMs >= untilMs ? null : first;
  }

  return {
    workUntil: async (untilMs) => {
      for (;;) {
        const due = await nextDue(untilMs);
        if (due === null) return;
        await clock.moveTo(due.settleMs);
        await execute('settle', { sessionId: sessionId(due.id) });
      }
    },
    audit: async () => {
      await auditing.night({
        atHour: config.auditAtHour ?? 0,
        isStopped: () => false,
        onDifference: ({ kind, patientId, expected, found }) => {
          throw new Error(`the auditor found ${kind} of patient ${patientId}: ${found}, not ${expected}`);
        },
      });
    },
    close: async () => {
      await idle();
      await database.close();
    },
  };
}

/** The usual settings. */
function configOf(url: string): Config {
  const outcome = readConfig({ DATABASE_URL: url, JWT_SECRET: SECRET });
  if (outcome.kind === 'mistakes') throw new Error(outcome.mistakes.join('\n'));
  return outcome.config;
}
