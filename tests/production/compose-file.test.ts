import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/http/limits.ts';
import { TIME_LIMITS } from '../../src/storage/pool.ts';
import { riskySetup } from '../../src/alarms/redis-setup.ts';
import { bytes, durationMs, readComposeFile, SECRETS, SERVICES } from './compose-file.ts';
import { interpolate } from './interpolate.ts';

const { services, networks, volumes } = readComposeFile();
const all = SERVICES.map((name) => Object.assign({ name }, services[name]));
const running = all.filter(({ name }) => name !== 'migrate');

describe('docker-compose.yml', () => {
  test.each(['POSTGRES_PASSWORD', 'REDIS_PASSWORD'] as const)(
    'refuses to start while %s is empty, and says what to set',
    (name) => {
      expect(() => readComposeFile({ ...SECRETS, [name]: '' })).toThrow(`set ${name} in .env`);
    },
  );

  test('refuses to start where nobody has thought of the key of the tokens, and says what to set', () => {
    const { JWT_SECRET: _secret, ...others } = SECRETS;
    expect(() => readComposeFile(others)).toThrow('set JWT_SECRET in .env');
  });

  test.each(['JWT_PUBLIC_KEY', 'JWT_JWKS_URL'])('is content with %s in the place of the secret', (name) => {
    const file = readComposeFile({ ...SECRETS, JWT_SECRET: '', [name]: 'a value' });
    for (const { environment } of [file.services.api, file.services.worker])
      expect(environment).toMatchObject({ [name]: 'a value', JWT_SECRET: '' });
  });

  test('lets nobody in but to the API, and by default only from this machine', () => {
    expect(all.flatMap(({ name, ports = [] }) => ports.map((port) => [name, port]))).toEqual([
      ['api', '127.0.0.1:3000:3000'],
    ]);
    const other = readComposeFile({ ...SECRETS, API_ADDRESS: '192.0.2.7', API_PORT: '8080' });
    expect(other.services.api.ports).toEqual(['192.0.2.7:8080:3000']);
  });

  test('keeps PostgreSQL, Redis, the migrations and the worker where there is no way out', () => {
    expect(networks['stores']).toEqual({ internal: true });
    const places = all.map(({ name, networks: joined }) => [name, joined]);
    expect(places).toEqual([
      ['postgres', ['stores']],
      ['redis', ['stores']],
      ['migrate', ['stores']],
      ['api', ['stores', 'outside']],
      ['worker', ['stores']],
    ]);
  });

  test('runs the migrations to their end before anything of a new version starts', () => {
    const { migrate, api, worker } = services;
    expect(migrate.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    for (const { depends_on } of [api, worker])
      expect(depends_on).toEqual({
        migrate: { condition: 'service_completed_successfully' },
        redis: { condition: 'service_healthy' },
      });
    expect(migrate.restart).toBe('no');
    expect(migrate.healthcheck).toEqual({ disable: true });
  });

  test('restarts what ends by itself, and knows of each service whether it is healthy', () => {
    for (const { name, restart, healthcheck } of running) {
      expect(restart, name).toBe('unless-stopped');
      expect(healthcheck.test?.[0], name).toBe('CMD');
    }
  });

  test('asks the API and the worker whether they are ready, at the ports that they are given', () => {
    const { api, worker } = services;
    const asks = (words: readonly string[] | undefined) =>
      /127\.0\.0\.1:(\d+\/\S+)'/.exec(words?.at(-1) ?? '')?.[1];
    expect(asks(api.healthcheck.test)).toBe(`${api.environment['PORT']}/health/ready`);
    expect(asks(worker.healthcheck.test)).toBe(`${worker.environment['WORKER_PORT']}/health/ready`);
  });

  test('confines every container: no rights to gain, nothing to write to but volumes and memory, limits on all', () => {
    for (const { name, read_only, cap_drop, security_opt, init, logging, deploy } of all) {
      expect({ read_only, cap_drop, security_opt, init }, name).toEqual({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        init: true,
      });
      expect(logging.options, name).toEqual({ 'max-size': '10m', 'max-file': '5' });
      const { cpus, memory, pids } = deploy.resources.limits;
      expect(Number(cpus), name).toBeGreaterThan(0);
      expect(bytes(memory), name).toBeGreaterThan(0);
      expect(pids, name).toBeGreaterThan(0);
    }
    expect([services.postgres.user, services.redis.user]).toEqual(['postgres', 'redis']);
  });

  test('gives the API and the worker longer to stop than what they wait for', () => {
    const longestMs = DEFAULT_LIMITS.handlerTimeoutMs + TIME_LIMITS.statementMs + TIME_LIMITS.connectMs;
    for (const { stop_grace_period } of [services.api, services.worker])
      expect(durationMs(stop_grace_period ?? '0s')).toBeGreaterThan(longestMs);
  });

  test('sets Redis up so that it loses no alarm: all written down, nothing evicted, memory to spare', () => {
    const { command = [], entrypoint, deploy } = services.redis;
    const flag = (name: string) => command[command.indexOf(`--${name}`) + 1];
    expect(entrypoint).toEqual(['redis-server']);
    expect([flag('appendonly'), flag('appendfsync'), flag('maxmemory-policy')]).toEqual([
      'yes',
      'everysec',
      'noeviction',
    ]);
    expect(riskySetup(`maxmemory_policy:${flag('maxmemory-policy')}\r\naof_enabled:1\r\n`)).toEqual([]);
    expect(flag('requirepass')).toBe(SECRETS.REDIS_PASSWORD);
    expect(2 * bytes(flag('maxmemory') ?? '')).toBeLessThanOrEqual(bytes(deploy.resources.limits.memory));
  });

  test('leads the product to the PostgreSQL and the Redis that it starts, by their passwords', () => {
    const { postgres, redis, migrate, api, worker } = services;
    const { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB } = postgres.environment;
    for (const { environment } of [migrate, api, worker]) {
      const database = new URL(environment['DATABASE_URL'] ?? '');
      expect(database.host).toBe('postgres:5432');
      expect(database.pathname).toBe(`/${POSTGRES_DB}`);
      expect([database.username, database.password]).toEqual([POSTGRES_USER, POSTGRES_PASSWORD]);
      const queue = new URL(environment['REDIS_URL'] ?? '');
      expect([queue.host, queue.password]).toEqual(['redis:6379', redis.environment['REDISCLI_AUTH']]);
    }
  });

  test('keeps what has to survive in volumes, at the places where PostgreSQL 18 and Redis write', () => {
    expect(services.postgres.image).toMatch(/^postgres:18\.\d+$/);
    expect(services.redis.image).toMatch(/^redis:\d+\.\d+\.\d+$/);
    expect(services.postgres.volumes).toEqual(['postgres-data:/var/lib/postgresql']);
    expect(services.redis.volumes).toEqual(['redis-data:/data']);
    expect(Object.keys(volumes)).toEqual(['postgres-data', 'redis-data']);
  });
});

test('variables are put in as docker compose does, and a form that it reads in another way is refused', () => {
  const text = '${A:-none}, ${B?no B}, ${C:?no C} and ${D} for $$5';
  expect(interpolate(text, { B: '', C: 'c' })).toBe('none, , c and  for $5');
  expect(interpolate(text, { A: 'a', B: 'b', C: 'c', D: 'd' })).toBe('a, b, c and d for $5');
  expect(() => interpolate(text, { C: 'c' })).toThrow('no B');
  expect(() => interpolate(text, { B: 'b', C: '' })).toThrow('no C');
  expect(() => interpolate('${A:-${B:?no B}}', { A: 'a' })).toThrow('not known here');
});
