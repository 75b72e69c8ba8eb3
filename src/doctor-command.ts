import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { examineQueue } from './alarms/examine.ts';
import type { QueueSettings } from './alarms/queues.ts';
import { runCommand } from './command-line.ts';
import { DEFAULT_PREFIX, readConfig } from './config.ts';
import { type ConfigReader, createConfigReader } from './config-reader.ts';
import { type FoundDatabase, findDatabase } from './find-database.ts';
import { SetupError } from './standalone/errors.ts';
import { readStartSettings } from './standalone/run-product.ts';
import { examineDatabase } from './storage/examine.ts';
import { type Check, checksOf, type Findings } from './watch/doctor.ts';
import { VERSION } from './watch/presence.ts';

// `npm run doctor`: checks everything that can be wrong, once. 0 = good, 1 = something is wrong, 2 = it could not check.

const DOCTOR_USAGE = `npm run doctor -- [--json]

Checks whether all is well, and where it is not, says what to type. Changes nothing. Takes 5 s at most.

  --json           {"checks": [{"name", "state": "ok" | "warn" | "fail", "figure", "do"}]}

Of what npm start runs, with the same DATA_DIR; where DATABASE_URL is set, of the processes on that database.
Exit code: 0 good, 1 something is wrong (FAIL), 2 it could not check.
`;

const MARKS = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const satisfies Record<Check['state'], string>;

type FoundSomewhere = Exclude<FoundDatabase, { readonly kind: 'none' }>;

/** What is wrong with the settings, a line each. */
function mistakesIn(environment: NodeJS.ProcessEnv, isEmbedded: boolean): readonly string[] {
  if (!isEmbedded) {
    const outcome = readConfig(environment);
    return outcome.kind === 'config' ? [] : outcome.mistakes;
  }
  try {
    readStartSettings(environment);
    return [];
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return error.message.split('\n');
  }
}

/** Read apart from the other settings, so that a mistake in those does not stop the checks. Null: it cannot be read. */
function queueSettings(read: ConfigReader, databaseUrl: string): QueueSettings | null {
  const redisUrl = read.redisUrl('REDIS_URL');
  if (read.mistakes.length > 0) return null;
  const prefix = read.text('REDIS_PREFIX') ?? DEFAULT_PREFIX;
  return redisUrl === null
    ? { kind: 'postgres', url: databaseUrl }
    : { kind: 'redis', url: redisUrl, prefix };
}

async function examine(found: FoundSomewhere): Promise<Findings> {
  const isEmbedded = found.kind === 'embedded';
  const read = createConfigReader(process.env);
  const settings = queueSettings(read, found.url);
  const [examination, queue] = await Promise.all([
    examineDatabase(found.url),
    settings === null ? null : examineQueue(settings),
  ]);
  const shared = {
    installation: isEmbedded ? 'embedded' : 'services',
    version: VERSION,
    mistakes: mistakesIn(process.env, isEmbedded),
    isAuditedNightly: read.text('AUDIT_AT_HOUR') !== 'off',
    disk: isEmbedded ? await diskOf(found.dataDir) : null,
    queueLivesOn: settings?.kind === 'redis' ? 'redis' : 'database',
  } as const;
  if ('kind' in examination)
    return {
      ...shared,
      database: examination,
      queue: queue?.kind === 'up' ? { ...queue, active: null } : queue,
    };
  const { findings, state, close } = examination;
  const before = findings.state?.sessions.active;
  const after = (await state())?.sessions.active;
  close();
  const active = before === undefined || after === undefined ? null : Math.min(before, after);
  return { ...shared, database: findings, queue: queue?.kind === 'up' ? { ...queue, active } : queue };
}

async function diskOf(dataDir: string): Promise<Findings['disk']> {
  const { bavail, blocks, bsize } = await statfs(join(dataDir, 'postgres'));
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

function textOf(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length)) + 2;
  return checks
    .map(({ name, state, figure, do: remedy }) => {
      const line = `${MARKS[state]}  ${name.padEnd(width)}${figure}\n`;
      return remedy === null ? line : `${line}${' '.repeat(6 + width)}→ ${remedy}\n`;
    })
    .join('');
}

async function run(isJson: boolean): Promise<number> {
  const found = await findDatabase(process.env);
  if (found.kind === 'none' && !found.isMistake) {
    process.stderr.write(`${found.why}\n`);
    return 2;
  }
  const checks = checksOf(found.kind === 'none' ? unreadable() : await examine(found));
  process.stdout.write(isJson ? `${JSON.stringify({ checks })}\n` : textOf(checks));
  return checks.some(({ state }) => state === 'fail') ? 1 : 0;
}

/** Where DATABASE_URL cannot be read, only the settings can be checked. */
const unreadable = (): Findings => ({
  installation: 'services',
  version: VERSION,
  mistakes: mistakesIn(process.env, false),
  isAuditedNightly: false,
  database: null,
  disk: null,
  queueLivesOn: 'database',
  queue: null,
});

const OPTIONS = { json: { type: 'boolean', default: false } } as const;

// Not delayed by connections that a library still holds open.
process.exit(await runCommand(DOCTOR_USAGE, OPTIONS, ({ json }) => run(json)));
