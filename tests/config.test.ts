import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Config, readConfig } from '../src/config.ts';

const SECRET = 'a-secret-of-more-than-thirty-two-bytes';
const DATABASE_URL = 'postgresql://sessions:password@127.0.0.1:5432/sessions';
const environment = { DATABASE_URL, JWT_SECRET: SECRET };

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'config-test-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** A mounted file with this content. */
async function mounted(name: string, content: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
}

function configOf(settings: Readonly<Record<string, string>>): Config {
  const outcome = readConfig(settings);
  if (outcome.kind === 'mistakes') throw new Error(outcome.mistakes.join('\n'));
  return outcome.config;
}

function mistakesOf(settings: Readonly<Record<string, string>>): readonly string[] {
  const outcome = readConfig(settings);
  return outcome.kind === 'mistakes' ? outcome.mistakes : [];
}

test('each secret and each URL can come from a file that is mounted, and the line end of the file is no part of it', async () => {
  const config = configOf({
    DATABASE_URL_FILE: await mounted('database-url', `${DATABASE_URL}\n`),
    REDIS_URL_FILE: await mounted('redis-url', 'redis://:password@127.0.0.1:6379/2\r\n'),
    JWT_SECRET_FILE: await mounted('jwt-secret', `${SECRET}\n`),
  });
  expect(config).toEqual(configOf({ ...environment, REDIS_URL: 'redis://:password@127.0.0.1:6379/2' }));
});

test('a public key in a file may have several lines', async () => {
  const pem = '-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----';
  const config = configOf({ DATABASE_URL, JWT_PUBLIC_KEY_FILE: await mounted('key.pem', `${pem}\n`) });
  expect(config.authentication).toMatchObject({ kind: 'public_key', pem });
});

test('the address of a key set can come from a file', async () => {
  const url = 'https://identity.example/keys';
  const config = configOf({ DATABASE_URL, JWT_JWKS_URL_FILE: await mounted('jwks-url', url) });
  expect(config.authentication).toMatchObject({ kind: 'jwks', url });
});

test('the address of a heartbeat is a secret that can come from a file, and there is none by itself', async () => {
  const url = 'https://monitor.example/ping/5ecret';
  expect(configOf({ ...environment, HEARTBEAT_URL_FILE: await mounted('heartbeat', url) }).heartbeatUrl).toBe(
    url,
  );
  expect(configOf(environment).heartbeatUrl).toBeNull();
});

test.each(['monitor.example/5ecret', 'ftp://monitor.example/5ecret', 'https://me:5ecret@monitor.example/'])(
  'the address of a heartbeat cannot be %s, and the line does not repeat it',
  (url) => {
    const [mistake, ...more] = mistakesOf({ ...environment, HEARTBEAT_URL: url });
    expect(mistake).toMatch(/^HEARTBEAT_URL m/);
    expect(mistake).not.toContain('5ecret');
    expect(more).toEqual([]);
  },
);

test('a setting that is given twice, as itself and as a file, is refused', async () => {
  expect(mistakesOf({ ...environment, JWT_SECRET_FILE: await mounted('other-secret', SECRET) })).toEqual([
    'JWT_SECRET and JWT_SECRET_FILE are both set. Set one of them.',
  ]);
});

test('a file that is missing, cannot be read or is empty is named, and nothing that it holds', async () => {
  const missing = join(directory, 'missing');
  const empty = await mounted('empty', '\n');
  expect(
    mistakesOf({ DATABASE_URL_FILE: directory, REDIS_URL_FILE: missing, JWT_SECRET_FILE: empty }),
  ).toEqual([
    `DATABASE_URL_FILE names ${directory}, which cannot be read (EISDIR).`,
    `REDIS_URL_FILE names ${missing}, which cannot be read (ENOENT).`,
    `JWT_SECRET_FILE names ${empty}, which is empty.`,
  ]);
  const short = await mounted('short', 'hunter2');
  expect(mistakesOf({ DATABASE_URL_FILE: short, JWT_SECRET_FILE: short }).join()).not.toContain('hunter2');
});

test('an empty setting is one that is not set, also beside a file', async () => {
  const file = await mounted('secret', SECRET);
  expect(configOf({ ...environment, JWT_SECRET_FILE: '' })).toEqual(configOf(environment));
  expect(configOf({ DATABASE_URL, JWT_SECRET: '', JWT_SECRET_FILE: file })).toEqual(configOf(environment));
});

test.each([
  'postgresql://postgres@/db?host=/var/run/postgresql',
  'postgresql://sessions:pass#word@db.example/sessions',
  'postgresql://sessions:1#word@db.example/sessions',
  'postgresql://sessions:pass/word@db.example/sessions',
  'postgresql://sessions:1/word@db.example/sessions',
  'postgresql://sessions:1?word@db.example/sessions',
  'postgresql://sessions:a@1/word@db.example/sessions',
  'postgresql://sessions:pass%word@db.example/sessions',
])('%s begins like a URL of PostgreSQL and is none, and the error says what to write', (url) => {
  expect(mistakesOf({ ...environment, DATABASE_URL: url })).toEqual([
    'DATABASE_URL cannot be read as a URL. In the user and the password, write # as %23, / as %2F, ? as %3F, @ as %40, : as %3A and % as %25. Before ?host=/directory, write localhost: postgresql://user@localhost/database?host=/directory',
  ]);
});

test.each([
  'postgresql://postgres@localhost/db?host=/var/run/postgresql',
  'postgres://sessions:pass%23word%40@db.example/sessions?sslmode=require&options=-c%20geqo%3Don',
  'postgresql://sessions@[::1]:5432/sessions?schema=engine',
])('%s is taken as it is', (url) => {
  expect(configOf({ ...environment, DATABASE_URL: url }).databaseUrl).toBe(url);
});

test('the error for a URL of another kind says what it has to begin with, and does not repeat it', () => {
  expect(mistakesOf({ ...environment, DATABASE_URL: 'mysql://root:hunter2@db/sessions' })).toEqual([
    'DATABASE_URL must be a URL that begins with postgresql:// or postgres://.',
  ]);
});

test('a Redis is chosen with the number of its database, and a cluster has number 0 alone', () => {
  const redisUrl = (url: string) => configOf({ ...environment, REDIS_URL: url }).redisUrl;
  expect(redisUrl('redis://127.0.0.1:6379/3')).toBe('redis://127.0.0.1:6379/3');
  expect(redisUrl('redis://a:6379/0,redis://b:6379')).toBe('redis://a:6379/0,redis://b:6379');
  expect(mistakesOf({ ...environment, REDIS_URL: 'redis://127.0.0.1:6379/sessions' })).toEqual([
    'REDIS_URL must end in the number of a database, such as /0, or in the port.',
  ]);
  expect(mistakesOf({ ...environment, REDIS_URL: 'redis://a:6379/1,redis://b:6379/1' })).toEqual([
    'REDIS_URL names the nodes of a cluster, which has only the database 0: leave the number out.',
  ]);
});

test('all mistakes are told at once, each with what to write', () => {
  expect(mistakesOf({ PORT: 'eighty', TRUST_PROXY: 'yes', LOG_LEVEL: 'loud', AUDIT_AT_HOUR: '24' })).toEqual([
    'PORT must be a whole number from 0 to 65535, not "eighty".',
    'DATABASE_URL is not set. Give the URL of a PostgreSQL, or use `npm start`, which brings its own.',
    'Set one of JWT_SECRET, JWT_PUBLIC_KEY and JWT_JWKS_URL, so that tokens can be checked.',
    expect.stringMatching(/^TRUST_PROXY must be the number of proxies in front.* not "yes"\./),
    'AUDIT_AT_HOUR must be an hour of the day in UTC, 0 to 23, or off, not "24".',
    'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent, not "loud".',
  ]);
});

test.each([
  ['false', false],
  ['0', false],
  ['1', 1],
  ['2', 2],
  ['10.0.0.0/8', ['10.0.0.0/8']],
  ['127.0.0.1, fd00::/8', ['127.0.0.1', 'fd00::/8']],
])('a proxy in front is trusted by its number or its network: %s', (text, trustProxy) => {
  expect(configOf({ ...environment, TRUST_PROXY: text }).trustProxy).toEqual(trustProxy);
});

test.each([
  ['https://app.example.org', ['https://app.example.org']],
  ['http://localhost:5173, capacitor://localhost', ['http://localhost:5173', 'capacitor://localhost']],
])('web apps of other origins are named as a browser names them: %s', (text, corsOrigins) => {
  expect(configOf({ ...environment, CORS_ORIGINS: text }).corsOrigins).toEqual(corsOrigins);
});

test('no web app of another origin may call the API unless one is named', () => {
  expect(configOf(environment).corsOrigins).toEqual([]);
});

test.each([
  'app.example.org',
  'https://app.example.org/',
  'https://app.example.org/app',
  'https://App.example.org',
  'https://app.example.org:443',
  'https://user@app.example.org',
  'https://*.example.org',
  'null',
  'https://',
  'https://app.example.org,',
])('%s is no origin, and the line says how one is written', (text) => {
  expect(mistakesOf({ ...environment, CORS_ORIGINS: text })).toEqual([
    expect.stringMatching(/^CORS_ORIGINS must be origins such as https:\/\/app\.example\.org, .*\.$/),
  ]);
});

test('web apps of every origin may call the API only where npm start brings the database', () => {
  const all = { ...environment, CORS_ORIGINS: '*' };
  expect(mistakesOf(all)).toEqual([
    'CORS_ORIGINS may be * only where npm start brings the database. Name the origins of your apps.',
  ]);
  expect(readConfig(all, true)).toMatchObject({ kind: 'config', config: { corsOrigins: ['*'] } });
});

test.each([
  'true',
  '-1',
  '100',
  'loopback',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0.0/8,',
  '10.0.0.0/8/8',
  'fd00::/129',
])('a proxy cannot be trusted by %s: an address that a caller made up would be believed', (text) => {
  expect(mistakesOf({ ...environment, TRUST_PROXY: text })).toEqual([
    expect.stringMatching(/^TRUST_PROXY must be the number of proxies in front/),
  ]);
});
