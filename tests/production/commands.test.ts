import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFreePort } from '../../src/standalone/ports.ts';
import { createEmptyDatabase, type TestDatabase } from '../../tools/kit/database.ts';
import { withServer } from '../../tools/kit/server.ts';
import { describeUnless } from '../../tools/kit/describe.ts';
import { whyMissing } from '../../tools/kit/system-programs.ts';
import { durationMs, readComposeFile, SECRETS, type Service } from './compose-file.ts';
import { type ComposeRedis, startComposeRedis } from './compose-redis.ts';
import { type Container, outcomeOf, runToItsEnd, startContainer } from './container.ts';
import { buildImage, type Image } from './image.ts';
import type { Environment } from './interpolate.ts';

const run = promisify(execFile);
const { services } = readComposeFile();

let image: Image;
let database: TestDatabase;
let redis: ComposeRedis;
let ports: { readonly api: number; readonly worker: number };
const containers: Container[] = [];

/** The environment of a service, with the addresses of this machine in the place of those of the containers. */
function environmentOf(service: Service): Environment {
  const environment: Record<string, string> = {
    ...service.environment,
    DATABASE_URL: database.url,
    REDIS_URL: (service.environment['REDIS_URL'] ?? '').replace('@redis:6379', `@127.0.0.1:${redis.port}`),
  };
  if ('PORT' in environment) environment['PORT'] = String(ports.api);
  if ('WORKER_PORT' in environment) environment['WORKER_PORT'] = String(ports.worker);
  return environment;
}

const commandOf = ({ command }: Service): readonly string[] => command ?? image.stage.command ?? [];

/** The health check of a service without its `CMD`, asking at another port. */
function healthCheckOf({ healthcheck: { test: words = [] } }: Service, from: number, to: number) {
  return words.slice(1).map((word) => word.replace(String(from), String(to)));
}

const isHealthy = async (service: Service, from: number, to: number): Promise<boolean> => {
  const { exitCode } = await runToItsEnd(image, healthCheckOf(service, from, to), environmentOf(service));
  return exitCode === 0;
};

await describeUnless(await whyMissing('redis-server'), 'the commands of docker-compose.yml', () => {
  beforeAll(async () => {
    [image, database, redis] = await Promise.all([
      buildImage(),
      createEmptyDatabase(),
      startComposeRedis(services.redis),
    ]);
    ports = { api: await findFreePort(), worker: await findFreePort() };
  }, 120_000);

  afterAll(async () => {
    await Promise.all(containers.map((container) => container.kill()));
    await redis.stop();
    await database.drop();
    await image.remove();
  });

  test('migrate an empty database as an unprivileged user of the image, and a second time without a change', async () => {
    const { migrate } = services;
    const applied = () =>
      withServer(database.url, async (client) => {
        const { rows } = await client.query('SELECT migration_name, finished_at FROM _prisma_migrations');
        return rows;
      });
    const first = await runToItsEnd(image, commandOf(migrate), environmentOf(migrate));
    expect(first).toEqual({ exitCode: 0, output: 'the database is up to date\n' });
    const once = await applied();
    expect(once).not.toEqual([]);
    const second = await runToItsEnd(image, commandOf(migrate), environmentOf(migrate));
    expect(second.exitCode).toBe(0);
    expect(await applied()).toEqual(once);
  });

  test('bring the API and the worker to where their health checks say that they are ready', async () => {
    const { api, worker } = services;
    expect(await isHealthy(api, 3000, ports.api), 'before it runs').toBe(false);
    expect(await isHealthy(worker, 9100, ports.worker), 'before it runs').toBe(false);
    containers.push(
      startContainer(image, commandOf(api), environmentOf(api)),
      startContainer(image, commandOf(worker), environmentOf(worker)),
    );
    const options = { timeout: 30_000, interval: 200 };
    await expect.poll(() => isHealthy(api, 3000, ports.api), options).toBe(true);
    await expect.poll(() => isHealthy(worker, 9100, ports.worker), options).toBe(true);
    const ofTheImage = await runToItsEnd(image, image.stage.healthCheck ?? [], environmentOf(api));
    expect(ofTheImage).toEqual({ exitCode: 0, output: '' });
    const metrics = await fetch(`http://127.0.0.1:${ports.worker}/metrics`);
    expect(await metrics.text()).toContain('worker_heartbeat_timestamp_seconds');
    expect((await fetch(`http://127.0.0.1:${ports.api}/api/admin/sessions`)).status).toBe(401);
  });

  test('refuse to start the API while no key of tokens is set, and say which are possible', async () => {
    const { api } = readComposeFile({ ...SECRETS, JWT_SECRET: '' }).services;
    const { exitCode, output } = await runToItsEnd(image, commandOf(api), environmentOf(api));
    expect(exitCode).toBe(1);
    expect(output).toContain('Set one of JWT_SECRET, JWT_PUBLIC_KEY and JWT_JWKS_URL');
  });

  test('start a Redis that the product has nothing to warn of', () => {
    const printed = containers.map((container) => container.output()).join('');
    expect(printed).toContain('"name":"api"');
    expect(printed).not.toMatch(/"level":[456]0/);
  });

  test('check the health of Redis with its password, and find it ill with another', async () => {
    const [program = '', ...args] = healthCheckOf(services.redis, 6379, redis.port);
    const ping = (password: string) =>
      outcomeOf(run(program, args, { env: { ...process.env, REDISCLI_AUTH: password } }));
    expect(await ping(services.redis.environment['REDISCLI_AUTH'] ?? '')).toMatchObject({ exitCode: 0 });
    expect((await ping(`not ${SECRETS.REDIS_PASSWORD}`)).exitCode).not.toBe(0);
  });

  test('stop the API and the worker at the signal of the image, with exit code 0 and in the time they are given', async () => {
    const graceMs = durationMs(services.api.stop_grace_period ?? '0s');
    const ended = await Promise.all(containers.map((container) => container.stop()));
    for (const { exitCode, output, tookMs } of ended) {
      expect(exitCode, output).toBe(0);
      expect(output).toContain('"msg":"stopped"');
      expect(tookMs).toBeLessThan(graceMs);
    }
    expect(await isHealthy(services.api, 3000, ports.api), 'after its end').toBe(false);
  });
});

await describeUnless(await whyMissing('pg_isready'), 'the health check of PostgreSQL', () => {
  test('says that a server is there, and that none is where none is', async () => {
    const server = await createEmptyDatabase();
    const { port } = new URL(server.url);
    const check = (to: number) => {
      const [program = '', ...args] = healthCheckOf(services.postgres, 5432, to);
      return outcomeOf(run(program, args));
    };
    expect(await check(Number(port))).toMatchObject({ exitCode: 0 });
    expect((await check(await findFreePort())).exitCode).not.toBe(0);
    await server.drop();
  });
});
