import { commandFor, type Installation } from './commands.ts';
import { type Facts, type ProblemCode, problemsOf, versionsDifferSince } from './problems.ts';
import { type AlarmFigures, type DatabaseState, type QueueState, workersOf } from './state.ts';

/** From what `npm run doctor` found to the lines that it prints. Pure. */

export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly figure: string;
  /** The command that mends it, or what to do where there is none; null where nothing is to be done. */
  readonly do: string | null;
}

export interface Findings {
  readonly installation: Installation;
  /** Of the program that asks. */
  readonly version: string;
  /** What is wrong with the settings, a line each. */
  readonly mistakes: readonly string[];
  /** False: AUDIT_AT_HOUR is off. */
  readonly isAuditedNightly: boolean;
  /** Null: no setting says where it is. */
  readonly database: DatabaseFindings | Away | null;
  /** Of the file system that holds an embedded database; null for any other. */
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number } | null;
  readonly queueLivesOn: Facts['queue']['livesOn'];
  readonly queue: QueueFindings | Away | null;
}

export interface Away {
  readonly kind: 'away';
  readonly why: string;
}

export interface DatabaseFindings {
  readonly kind: 'up';
  /** Why money may not be written there; null where it may. */
  readonly notPrimary: string | null;
  readonly migrations: {
    readonly applied: number;
    /** By this program, and not by the database. */
    readonly pending: readonly string[];
    /** By the database, and not by this program. */
    readonly unknown: readonly string[];
  };
  readonly connections: { readonly used: number; readonly most: number };
  /** How far the database's clock is ahead of this machine's; negative: behind. */
  readonly clockAheadMs: number;
  /** Null where its tables are not as this program expects. */
  readonly state: DatabaseState | null;
}

export interface QueueFindings extends QueueState {
  readonly kind: 'up';
  readonly alarms: AlarmFigures;
  /** Alarms that wait or are just being settled. */
  readonly held: number;
  /** The fewest sessions that were active just before and just after they were counted; null where that is not known. */
  readonly active: number | null;
}

const ok = (name: string, figure: string): Check => ({ name, state: 'ok', figure, do: null });
const warn = (name: string, figure: string, remedy: string): Check => ({
  name,
  state: 'warn',
  figure,
  do: remedy,
});
const fail = (name: string, figure: string, remedy: string): Check => ({
  name,
  state: 'fail',
  figure,
  do: remedy,
});

/** A line for everything that could be checked. */
export function checksOf(findings: Findings): readonly Check[] {
  const { database, queue } = findings;
  const state = database?.kind === 'up' ? database.state : null;
  const facts: Facts = {
    installation: findings.installation,
    isAuditedNightly: findings.isAuditedNightly,
    database: { isAway: database?.kind === 'away', sinceMs: null },
    state,
    queue: { isAway: queue?.kind === 'away', sinceMs: null, livesOn: findings.queueLivesOn },
    queueState: queue?.kind === 'up' ? queue : null,
    alarms: queue?.kind === 'up' ? queue.alarms : null,
    failing: [],
  };
  const problems = new Map(problemsOf(facts).map((problem) => [problem.code, problem]));
  /** The line that a problem makes, or a good one. */
  const by = (code: ProblemCode, name: string, good: string): Check => {
    const problem = problems.get(code);
    return problem === undefined ? ok(name, good) : fail(name, lowerFirst(problem.title), problem.do);
  };
  return [
    ...settingsChecks(findings),
    ...(database === null ? [] : databaseChecks(database, findings)),
    ...diskChecks(findings),
    ...(queue === null ? [] : queueChecks(queue, findings, by)),
    ...(state === null ? [] : stateChecks(state, findings, by)),
  ];
}

type By = (code: ProblemCode, name: string, good: string) => Check;

const lowerFirst = (title: string): string => title.charAt(0).toLowerCase() + title.slice(1);

function settingsChecks({ mistakes }: Findings): readonly Check[] {
  if (mistakes.length === 0) return [ok('settings', 'good')];
  return mistakes.map((mistake) => fail('settings', mistake, 'Mend it in .env or in the environment'));
}

function databaseChecks(database: DatabaseFindings | Away, { installation }: Findings): readonly Check[] {
  if (database.kind === 'away')
    return [fail('database', `does not answer: ${database.why}`, commandFor('database', installation))];
  const { notPrimary, migrations, connections, clockAheadMs } = database;
  return [
    ok('database', 'answers'),
    notPrimary === null
      ? ok('primary', 'yes')
      : fail('primary', notPrimary, 'Let DATABASE_URL lead to the primary'),
    migrationsCheck(migrations, installation),
    connectionsCheck(connections),
    clockCheck(clockAheadMs),
  ];
}

function migrationsCheck(
  { applied, pending, unknown }: DatabaseFindings['migrations'],
  installation: Installation,
): Check {
  if (pending.length > 0)
    return fail(
      'migrations',
      `${pending.length} not applied, the first is ${pending[0]}`,
      commandFor('migrations', installation),
    );
  if (unknown.length > 0)
    return warn(
      'migrations',
      `the database has ${unknown.length} that this program does not know`,
      commandFor('update', installation),
    );
  return ok('migrations', `${applied} applied, none missing`);
}

/** Parts of the connections that the server allows. */
const MANY_CONNECTIONS = 0.8;
const TOO_MANY_CONNECTIONS = 0.95;

function connectionsCheck({ used, most }: DatabaseFindings['connections']): Check {
  const figure = `${used} of ${most}`;
  const remedy = 'Raise max_connections of PostgreSQL, or lower DATABASE_CONNECTIONS';
  if (used >= most * TOO_MANY_CONNECTIONS) return fail('connections', figure, remedy);
  return used >= most * MANY_CONNECTIONS ? warn('connections', figure, remedy) : ok('connections', figure);
}

const CLOCK_WARN_MS = 1_000;
const CLOCK_FAIL_MS = 5_000;

function clockCheck(aheadMs: number): Check {
  const offMs = Math.abs(aheadMs);
  const figure =
    offMs < 100
      ? 'as this machine’s'
      : `${(offMs / 1_000).toFixed(1)} s ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine’s`;
  const remedy = 'timedatectl set-ntp true, on this machine and on that of the database';
  if (offMs >= CLOCK_FAIL_MS) return fail('clock', figure, remedy);
  return offMs >= CLOCK_WARN_MS ? warn('clock', figure, remedy) : ok('clock', figure);
}

const GB = 1_000_000_000;
const LITTLE_BYTES = 5 * GB;
const TOO_LITTLE_BYTES = GB / 2;

function diskChecks({ disk }: Findings): readonly Check[] {
  if (disk === null) return [];
  const { freeBytes, totalBytes } = disk;
  const figure = `${(freeBytes / GB).toFixed(1)} of ${(totalBytes / GB).toFixed(1)} GB free`;
  const remedy = 'Make room on the disk of DATA_DIR';
  if (freeBytes < TOO_LITTLE_BYTES) return [fail('disk', figure, remedy)];
  return [freeBytes < LITTLE_BYTES ? warn('disk', figure, remedy) : ok('disk', figure)];
}

function queueChecks(
  queue: QueueFindings | Away,
  { installation, queueLivesOn }: Findings,
  by: By,
): readonly Check[] {
  if (queue.kind === 'away') {
    const remedy = commandFor(queueLivesOn === 'redis' ? 'redis' : 'database', installation);
    return [fail('queue', `does not answer: ${queue.why}`, remedy)];
  }
  return [
    ok('queue', queueLivesOn === 'redis' ? 'answers, on Redis' : 'answers, on PostgreSQL'),
    ...(queueLivesOn === 'redis' ? redisChecks(queue) : []),
    by('queue_paused', 'paused', 'no'),
    alarmsCheck(queue, installation),
    by('alarms_failed', 'failed alarms', 'none'),
  ];
}

function redisChecks({ redisFlaws }: QueueFindings): readonly Check[] {
  return (['maxmemory-policy', 'appendonly'] as const).map((setting) => {
    const flaw = redisFlaws.find((found) => found.setting === setting);
    return flaw === undefined
      ? ok(setting, setting === 'appendonly' ? 'yes' : 'noeviction')
      : fail(setting, flaw.found, `redis-cli CONFIG SET ${setting} ${flaw.wanted}`);
  });
}

function alarmsCheck({ held, active }: QueueFindings, installation: Installation): Check {
  if (active === null || held >= active)
    return ok('alarms', active === null ? `${held}` : `${held} for ${active} active sessions`);
  return fail('alarms', `${held} for ${active} active sessions`, commandFor('arm', installation));
}

function stateChecks(state: DatabaseState, findings: Findings, by: By): readonly Check[] {
  const workers = workersOf(state).length;
  const { sessions, lastAudit } = state;
  const audit =
    lastAudit === null
      ? 'none yet'
      : `night of ${lastAudit.night}: ${lastAudit.sessions} sessions, ${lastAudit.differences} differences${lastAudit.isAcknowledged ? ', acknowledged' : ''}`;
  const difference = by('audit_difference', 'last audit', audit);
  return [
    versionsCheck(state, findings, by),
    by('no_worker', 'workers', workers === 1 ? '1 is running' : `${workers} are running`),
    by('sessions_overdue', 'overdue', `0 of ${sessions.active} active sessions`),
    difference.state === 'ok' ? by('audit_missing', 'last audit', audit) : difference,
  ];
}

function versionsCheck(state: DatabaseState, { version, installation }: Findings, by: By): Check {
  const running = [...new Set(state.processes.map((one) => one.version))];
  const count = state.processes.length;
  const processes = count === 1 ? '1 process' : `${count} processes`;
  const check = by('versions_differ', 'versions', `${running.join()}, ${processes}`);
  if (check.state === 'fail') return check;
  if (versionsDifferSince(state) !== null)
    return warn(
      'versions',
      `${running.join(' and ')}: an update is under way`,
      commandFor('update', installation),
    );
  const isOther = running.length > 0 && !running.includes(version);
  if (isOther)
    return warn(
      'versions',
      `${running.join()} is running, this is ${version}`,
      commandFor('update', installation),
    );
  return running.length === 0 ? ok('versions', `this is ${version}, nothing is running`) : check;
}
