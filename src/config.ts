import { isIP } from 'node:net';
import { flawOf, type Policy, type StartWindow } from './billing/policy.ts';
import { type ConfigReader, createConfigReader, type Environment } from './config-reader.ts';
import { type AuthenticationSettings, MIN_SECRET_BYTES } from './http/auth/settings.ts';

/** Every setting, read in this one place. Secrets have no default. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Where the worker serves its metrics and health; null = nowhere. */
  readonly workerPort: number | null;
  readonly databaseUrl: string;
  readonly databaseConnections: number;
  /** Null: the alarms live on the database. Several URLs, separated by commas, are the nodes of one cluster. */
  readonly redisUrl: string | null;
  /** What the names of all keys in Redis begin with. */
  readonly redisPrefix: string;
  readonly authentication: AuthenticationSettings;
  readonly policy: Policy;
  readonly window: StartWindow;
  readonly requestsPerMinute: number;
  /** Whose X-Forwarded-* headers are believed: the number of proxies in front, or their networks; false = none. */
  readonly trustProxy: number | string[] | false;
  /** Pages of these origins may call the routes for apps; `*`: of all. */
  readonly corsOrigins: readonly string[];
  /** How long GET /health/ready says 503 before a process that is asked to stop closes its port. */
  readonly shutdownDelayMs: number;
  readonly workerConcurrency: number;
  /** For LISTEN and NOTIFY, where `databaseUrl` leads to a pooler; null = `databaseUrl`. */
  readonly liveDatabaseUrl: string | null;
  /** Sockets of /api/live in one process. */
  readonly liveSockets: number;
  /** Over which a stop closes them. */
  readonly liveDrainMs: number;
  /** When the worker audits the day before, in UTC; null = never. */
  readonly auditAtHour: number | null;
  /** Where a worker reports every minute that all is well; null = nowhere. A secret: anyone who knows it could report, too. */
  readonly heartbeatUrl: string | null;
  readonly logLevel: LogLevel;
}

export type LogLevel = (typeof LOG_LEVELS)[number];
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export type ConfigOutcome =
  | { readonly kind: 'config'; readonly config: Config }
  | { readonly kind: 'mistakes'; readonly mistakes: readonly string[] };

/** The ways to check a token. */
export const KEYS_OF_TOKENS = ['JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWT_JWKS_URL'];

/**
 * Reads all settings and reports all mistakes at once, each as a line that says what to do. `isEmbedded`: by `npm start`,
 * which brings its own database.
 */
export function readConfig(environment: Environment, isEmbedded = false): ConfigOutcome {
  const read = createConfigReader(environment);
  const config: Config = {
    host: read.text('HOST') ?? '127.0.0.1',
    port: read.integer('PORT', 0, 65_535) ?? 3000,
    workerPort: read.integer('WORKER_PORT', 0, 65_535),
    databaseUrl: readDatabaseUrl(read),
    databaseConnections: read.integer('DATABASE_CONNECTIONS', 2, 1000) ?? 10,
    redisUrl: read.redisUrl('REDIS_URL'),
    redisPrefix: readPrefix(read),
    authentication: readAuthentication(read),
    policy: readPolicy(read),
    window: {
      earlyStartMs: read.seconds('SESSION_EARLY_START_SECONDS', 0) ?? 0,
      startWindowMs: read.seconds('SESSION_START_WINDOW_SECONDS', 1),
    },
    requestsPerMinute: read.integer('RATE_LIMIT_PER_MINUTE', 1, 1_000_000) ?? 600,
    trustProxy: readTrustProxy(read),
    corsOrigins: readOrigins(read, isEmbedded),
    shutdownDelayMs: read.seconds('SHUTDOWN_DELAY_SECONDS', 0) ?? 5_000,
    workerConcurrency: read.integer('WORKER_CONCURRENCY', 1, 1000) ?? 400,
    liveDatabaseUrl: read.databaseUrl('LIVE_DATABASE_URL'),
    liveSockets: read.integer('LIVE_SOCKETS', 0, 100_000) ?? 10_000,
    liveDrainMs: read.seconds('LIVE_DRAIN_SECONDS', 0) ?? 5_000,
    auditAtHour: readAuditHour(read),
    heartbeatUrl: readHeartbeatUrl(read),
    logLevel: read.word('LOG_LEVEL', LOG_LEVELS) ?? 'info',
  };
  const { mistakes } = read;
  return mistakes.length === 0 ? { kind: 'config', config } : { kind: 'mistakes', mistakes };
}

/** A line for each setting that an earlier version read, and that has no effect any more. */
export const settingsWithoutEffect = (): readonly string[] =>
  (process.env['ALARM_SHARDS'] ?? '') === ''
    ? []
    : ['ALARM_SHARDS has no effect any more: there is one queue. Remove it.'];

/** With this argument `npm start` runs the programs on the database that it brings. */
export const EMBEDDED = '--embedded';

/** With this argument of `npm start` the API serves /demo. */
export const DEMO = '--demo';

/** The settings of this process; or one line for each mistake, and exit code 1. */
export function configOrExit(): Config {
  const outcome = readConfig(process.env, process.argv.includes(EMBEDDED));
  if (outcome.kind === 'config') return outcome.config;
  for (const mistake of outcome.mistakes) process.stderr.write(`${mistake}\n`);
  process.exit(1);
}

/** The PostgreSQL that holds everything; empty, and a mistake, where none is set. */
function readDatabaseUrl(read: ConfigReader): string {
  if (!read.isGiven('DATABASE_URL'))
    read.mistakes.push(
      'DATABASE_URL is not set. Give the URL of a PostgreSQL, or use `npm start`, which brings its own.',
    );
  return read.databaseUrl('DATABASE_URL') ?? '';
}

function readOrigins(read: ConfigReader, isEmbedded: boolean): readonly string[] {
  const origins =
    read
      .text('CORS_ORIGINS')
      ?.split(',')
      .map((origin) => origin.trim()) ?? [];
  for (const origin of origins.filter((given) => given !== '*' && !isOrigin(given)))
    read.mistakes.push(
      `CORS_ORIGINS must be origins such as https://app.example.org, separated by commas, as a browser sends them: in small letters, without a path, and without a port that is the usual one. Not ${JSON.stringify(origin)}.`,
    );
  if (origins.includes('*') && !isEmbedded)
    read.mistakes.push(
      'CORS_ORIGINS may be * only where npm start brings the database. Name the origins of your apps.',
    );
  return origins;
}

/** Also of a scheme of its own, such as capacitor://localhost, which apps on phones have. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, host } = new URL(text);
  return /^[^*]+$/.test(host) && `${protocol}//${host}` === text;
}

function readTrustProxy(read: ConfigReader): number | string[] | false {
  const text = read.text('TRUST_PROXY') ?? 'false';
  if (text === 'false') return false;
  if (/^\d{1,2}$/.test(text)) return text === '0' ? false : Number(text);
  const networks = text.split(',').map((network) => network.trim());
  if (networks.every(isNetwork)) return networks;
  read.mistakes.push(
    'TRUST_PROXY must be the number of proxies in front, such as 1, or their networks, such as 10.0.0.0/8, separated by ' +
      `commas, not ${JSON.stringify(text)}. To believe every address would be to believe what a caller makes up.`,
  );
  return false;
}

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  const family = isIP(address);
  const bits = Number(prefix ?? 0);
  return (
    family !== 0 && more.length === 0 && /^\d{1,3}$/.test(prefix ?? '0') && bits <= (family === 4 ? 32 : 128)
  );
}

export const DEFAULT_PREFIX = 'session-engine';

/** Of which BullMQ makes the names of its keys: so no braces, and no colon. */
function readPrefix(read: ConfigReader): string {
  const prefix = read.text('REDIS_PREFIX') ?? DEFAULT_PREFIX;
  if (!/^[A-Za-z0-9_.-]{1,64}$/.test(prefix))
    read.mistakes.push(
      `REDIS_PREFIX must be 1 to 64 letters, digits, ".", "_" or "-", not ${JSON.stringify(prefix)}.`,
    );
  return prefix;
}

function readAuditHour(read: ConfigReader): number | null {
  const text = read.text('AUDIT_AT_HOUR') ?? '3';
  if (text === 'off') return null;
  const hour = Number(text);
  if (!/^\d{1,2}$/.test(text) || hour > 23)
    read.mistakes.push(
      `AUDIT_AT_HOUR must be an hour of the day in UTC, 0 to 23, or off, not ${JSON.stringify(text)}.`,
    );
  return hour;
}

/** Without a name and a password: `fetch` takes none in an address. */
function readHeartbeatUrl(read: ConfigReader): string | null {
  const url = read.httpUrl('HEARTBEAT_URL');
  if (url === null) return null;
  const { username, password } = new URL(url);
  if (username !== '' || password !== '')
    read.mistakes.push(
      'HEARTBEAT_URL may hold no user name and no password: give a URL that is itself the secret.',
    );
  return url;
}

function readPolicy(read: ConfigReader): Policy {
  const intervalMs = read.seconds('SESSION_INTERVAL_SECONDS', 1) ?? 600_000;
  const policy: Policy = {
    intervalMs,
    firstActivityMs: read.seconds('SESSION_FIRST_ACTIVITY_SECONDS', 1) ?? intervalMs,
    noActivityUnits: read.integer('SESSION_NO_ACTIVITY_UNITS', 0, 1) === 0 ? 0 : 1,
    endGraceMs: read.seconds('SESSION_END_GRACE_SECONDS', 0) ?? 0,
    idleMs: read.seconds('SESSION_IDLE_SECONDS', 1),
    doctorResponseMs: read.seconds('SESSION_DOCTOR_RESPONSE_SECONDS', 1),
    maxDurationMs: read.seconds('SESSION_MAX_DURATION_SECONDS', 1),
  };
  const flaw = flawOf(policy);
  if (flaw !== null) read.mistakes.push(`The SESSION_... settings do not go together: ${flaw.words}.`);
  return policy;
}

function readAuthentication(read: ConfigReader): AuthenticationSettings {
  const claims = {
    issuer: read.text('JWT_ISSUER'),
    audience: read.text('JWT_AUDIENCE'),
    notBeforeToleranceMs: (read.integer('JWT_CLOCK_TOLERANCE_SECONDS', 0, 300) ?? 5) * 1000,
  };
  const secret = read.secret('JWT_SECRET');
  const pem = read.secret('JWT_PUBLIC_KEY')?.replaceAll(String.raw`\n`, '\n') ?? null;
  const url = read.httpUrl('JWT_JWKS_URL');
  if (KEYS_OF_TOKENS.filter(read.isGiven).length !== 1)
    read.mistakes.push(
      'Set one of JWT_SECRET, JWT_PUBLIC_KEY and JWT_JWKS_URL, so that tokens can be checked.',
    );
  if (secret !== null && Buffer.byteLength(secret) < MIN_SECRET_BYTES)
    read.mistakes.push(
      `JWT_SECRET must have at least ${MIN_SECRET_BYTES} bytes; make one with: openssl rand -base64 48`,
    );
  if (pem !== null) return { ...claims, kind: 'public_key', pem };
  if (url !== null) return { ...claims, kind: 'jwks', url };
  return { ...claims, kind: 'secret', secret: secret ?? '' };
}
