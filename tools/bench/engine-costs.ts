import { parseArgs } from 'node:util';
import { appointmentId, sessionId, userId } from '../../src/billing/ids.ts';
import { readConfig } from '../../src/config.ts';
import { createMetrics } from '../../src/ops/metrics.ts';
import { createFastPath } from '../../src/sessions/fast-path.ts';
import { createExecutor } from '../../src/sessions/executor.ts';
import { createReads } from '../../src/sessions/reads.ts';
import { createHandlers } from '../../src/sessions/commands/handlers.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { fillWithSessions } from './clinic-data.ts';
import { startProcessorMeter } from './processor-meter.ts';
import { openRig, type Rig } from './rig.ts';

// What the engine itself costs, without queue and HTTP: this process and PostgreSQL, in processor time. Not part of
// `npm run bench`; for whoever changes a statement: node bench/engine-costs.ts deduction --in-hand 200
const WHAT = ['deduction', 'early-look', 'activity', 'status'] as const;

type What = (typeof WHAT)[number];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sessions: { type: 'string', default: '20000' },
    'in-hand': { type: 'string', default: '200' },
    rounds: { type: 'string', default: '4' },
  },
});
const sessions = Number(values.sessions);
const inHand = Number(values['in-hand']);

/** One process's engine, as wiring.ts puts it together, over alarms that go nowhere. */
function openEngine(databaseUrl: string) {
  const outcome = readConfig({ DATABASE_URL: databaseUrl, JWT_SECRET: 'x'.repeat(32) });
  if (outcome.kind === 'mistakes') throw new Error(outcome.mistakes.join(' '));
  const database = openDatabase({ url: databaseUrl, maxConnections: 10, applicationName: 'engine costs' });
  const { observer: counted } = createMetrics(() => Promise.resolve({ active: 0, overdue: 0 }));
  const observer = {
    ...counted,
    batchBroken: fail,
    touchFailed: fail,
    alarmsNotSet: fail,
  };
  const executor = createExecutor({
    transact: database.store.transact,
    alarms: { arm: () => Promise.resolve() },
    handlers: createHandlers(outcome.config),
    observer,
  });
  const fastPath = createFastPath({ touch: database.store.touch, execute: executor.execute, observer });
  const reads = createReads(database.store, database.records);
  const look = (id: number): Promise<unknown> => executor.execute('settle', { sessionId: sessionId(id) });
  const operations: Readonly<Record<What, (id: number) => Promise<unknown>>> = {
    deduction: look,
    'early-look': look,
    activity: (id) => fastPath.recordActivity({ appointmentId: appointmentId(id), caller: userId(id) }),
    status: (id) => reads.status(appointmentId(id), userId(id)),
  };
  return { operations, database };
}

function fail(what: unknown): never {
  throw new Error('an operation failed, so its cost says nothing', { cause: what });
}

async function measure(rig: Rig, what: What): Promise<string> {
  await fillWithSessions(rig.sql, sessions, what === 'deduction' ? 0 : 3_600_000);
  const { operations, database } = openEngine(rig.databaseUrl);
  try {
    await database.ping();
    const meter = await startProcessorMeter({ postgres: rig.postgresPid });
    const from = await walBytes(rig);
    const before = process.cpuUsage();
    let next = 1;
    const oneAfterTheOther = async (): Promise<void> => {
      while (next <= sessions) await operations[what](next++);
    };
    await Promise.all(Array.from({ length: inHand }, oneAfterTheOther));
    const { user, system } = process.cpuUsage(before);
    const { postgres } = await meter.perOperation(sessions);
    const wal = (await walBytes(rig)) - from;
    const per = (total: number): string => (total / sessions).toFixed(0);
    return `${what}: Node ${per(user + system)} µs, PostgreSQL ${postgres?.toFixed(0)} µs, WAL ${per(wal)} bytes`;
  } finally {
    await database.close();
  }
}

async function walBytes({ sql }: Rig): Promise<number> {
  const { rows } = await sql.query<{ bytes: number }>(
    `SELECT (pg_current_wal_insert_lsn() - '0/0')::float8 AS bytes`,
  );
  return rows[0]?.bytes ?? Number.NaN;
}

const asked = WHAT.filter((what) => positionals.length === 0 || positionals.includes(what));
const rig = await openRig();
try {
  for (const what of asked)
    for (let round = 1; round <= Number(values.rounds); round += 1)
      process.stdout.write(`${await measure(rig, what)}\n`);
} finally {
  await rig.close();
}
