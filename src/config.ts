import { flawOf, type Policy, type StartWindow } from './billing/policy.ts';
import type { AuthenticationSettings } from './http/auth/settings.ts';

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
  /** Over how many shards the alarms are spread in Redis. */
  readonly alarmShards: number;
  readonly authentication: AuthenticationSettings;
  readonly policy: Policy;
  readonly window: StartWindow;
  readonly requestsPerMinute: number;
  /** Believe what a proxy says of the caller's address. */
  readonly isProxyTrusted: boolean;
  readonly workerConcurrency: number;
  /** When the worker audits the day before, in UTC; null = never. */
  readonly auditAtHour: number | null;
  readonly logLevel: LogLevel;
}

export type LogLevel = (typeof LOG_LEVELS)[number];
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export type ConfigOutcome =
  | { readonly kind: 'config'; readonly config: Config }
  | { readonly kind: 'mistakes'; readonly mistakes: readonly string[] };

/** RFC 7518, section 3.2: a key for HS256 has at least the size of the hash. */
const MIN_SECRET_BYTES = 32;

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads all settings and reports all mistakes at once, each as a line that says what to do. */
export function readConfig(environment: Environment): ConfigOutcome {
  const mistakes: string[] = [];
  const read = reader(environment, mistakes);
  const config: Config = {
    host: read.text('HOST') ?? '127.0.0.1',
    port: read.integer('PORT', 0, 65_535) ?? 3000,
    workerPort: read.integer('WORKER_PORT', 0, 65_535),
    databaseUrl: read.url('DATABASE_URL', ['postgresql:', 'postgres:']) ?? '',
    databaseConnections: read.integer('DATABASE_CONNECTIONS', 2, 1000) ?? 10,
    redisUrl: read.urls('REDIS_URL', ['redis:', 'rediss:']),
    alarmShards: read.integer('ALARM_SHARDS', 1, 256) ?? 1,
    authentication: readAuthentication(read, mistakes),
    policy: readPolicy(read, mistakes),
    window: {
      earlyStartMs: read.seconds('SESSION_EARLY_START_SECONDS', 0) ?? 0,
      startWindowMs: read.seconds('SESSION_START_WINDOW_SECONDS', 1),
    },
    requestsPerMinute: read.integer('RATE_LIMIT_PER_MINUTE', 1, 1_000_000) ?? 600,
    isProxyTrusted: read.flag('TRUST_PROXY') ?? false,
    workerConcurrency: read.integer('WORKER_CONCURRENCY', 1, 1000) ?? 400,
    auditAtHour: readAuditHour(read, mistakes),
    logLevel: read.word('LOG_LEVEL', LOG_LEVELS) ?? 'info',
  };
  if (environment['DATABASE_URL'] === undefined || environment['DATABASE_URL'] === '')
    mistakes.push(
      'DATABASE_URL is not set. Give the URL of a PostgreSQL, or use `npm start`, which brings its own.',
    );
  return mistakes.length === 0 ? { kind: 'config', config } : { kind: 'mistakes', mistakes };
}

/** The settings of this process; or one line for each mistake, and exit code 1. */
export function configOrExit(): Config {
  const outcome = readConfig(process.env);
  if (outcome.kind === 'config') return outcome.config;
  for (const mistake of outcome.mistakes) process.stderr.write(`${mistake}\n`);
  process.exit(1);
}

type Reader = ReturnType<typeof reader>;

function reader(environment: Environment, mistakes: string[]) {
  /** A setting that is empty is not set. */
  const text = (name: string): string | null => {
    const value = environment[name]?.trim();
    return value === undefined || value === '' ? null : value;
  };
  const integer = (name: string, min: number, max: number): number | null => {
    const value = text(name);
    if (value === null) return null;
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= min && number <= max) return number;
    mistakes.push(`${name} must be a whole number from ${min} to ${max}, not ${JSON.stringify(value)}.`);
    return null;
  };
  const url = (name: string, protocols: readonly string[]): string | null => {
    const value = text(name);
    if (value === null) return null;
    // The value may hold a password, so it is not repeated.
    if (URL.canParse(value) && protocols.includes(new URL(value).protocol)) return value;
    mistakes.push(
      `${name} must be a URL that begins with ${protocols.map((known) => `${known}//`).join(' or ')}.`,
    );
    return null;
  };
  return {
    text,
    integer,
    url,
    seconds: (name: string, min: number): number | null => {
      const seconds = integer(name, min, 31_536_000);
      return seconds === null ? null : seconds * 1000;
    },
    urls: (name: string, protocols: readonly string[]): string | null => {
      const value = text(name);
      const areAll = value
        ?.split(',')
        .every((one) => URL.canParse(one) && protocols.includes(new URL(one).protocol));
      if (areAll !== false) return value;
      const forms = protocols.map((known) => `${known}//`).join(' or ');
      mistakes.push(`${name} must be a URL that begins with ${forms}, or several, separated by commas.`);
      return null;
    },
    flag: (name: string): boolean | null => {
      const value = text(name);
      if (value === null) return null;
      if (value === 'true' || value === 'false') return value === 'true';
      mistakes.push(`${name} must be true or false, not ${JSON.stringify(value)}.`);
      return null;
    },
    word: <Word extends string>(name: string, words: readonly Word[]): Word | null => {
      const value = text(name);
      const word = words.find((known) => known === value);
      if (value !== null && word === undefined)
        mistakes.push(`${name} must be one of ${words.join(', ')}, not ${JSON.stringify(value)}.`);
      return word ?? null;
    },
  };
}

function readAuditHour(read: Reader, mistakes: string[]): number | null {
  const text = read.text('AUDIT_AT_HOUR') ?? '3';
  if (text === 'off') return null;
  const hour = Number(text);
  if (!/^\d{1,2}$/.test(text) || hour > 23)
    mistakes.push(
      `AUDIT_AT_HOUR must be an hour of the day in UTC, 0 to 23, or off, not ${JSON.stringify(text)}.`,
    );
  return hour;
}

function readPolicy(read: Reader, mistakes: string[]): Policy {
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
  if (flaw !== null) mistakes.push(`The SESSION_... settings do not go together: ${flaw}.`);
  return policy;
}

function readAuthentication(read: Reader, mistakes: string[]): AuthenticationSettings {
  const names = { issuer: read.text('JWT_ISSUER'), audience: read.text('JWT_AUDIENCE') };
  const secret = read.text('JWT_SECRET');
  const pem = read.text('JWT_PUBLIC_KEY')?.replaceAll(String.raw`\n`, '\n') ?? null;
  const url = read.url('JWT_JWKS_URL', ['https:', 'http:']);
  const given = [secret, pem, url].filter((value) => value !== null).length;
  if (given !== 1)
    mistakes.push('Set one of JWT_SECRET, JWT_PUBLIC_KEY and JWT_JWKS_URL, so that tokens can be checked.');
  if (secret !== null && Buffer.byteLength(secret) < MIN_SECRET_BYTES)
    mistakes.push(
      `JWT_SECRET must have at least ${MIN_SECRET_BYTES} bytes; make one with: openssl rand -base64 48`,
    );
  if (pem !== null) return { ...names, kind: 'public_key', pem };
  if (url !== null) return { ...names, kind: 'jwks', url };
  return { ...names, kind: 'secret', secret: secret ?? '' };
}
