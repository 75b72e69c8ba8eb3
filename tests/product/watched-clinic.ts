import { Client } from 'pg';
import { createAuditing } from '../../src/engine.ts';
import { prepareDatabase } from '../../src/ops/prepare-database.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { createDatabase } from '../../tools/kit/database.ts';
import { type Program, startProgram, untilReady } from '../../tools/kit/product-program.ts';
import { type RedisServer, startRedisServer } from '../../tools/kit/redis-server.ts';
import { openTcpProxy, portIn, type TcpProxy, throughProxy } from '../../tools/kit/tcp-proxy.ts';
import { SECRET, tokenFor } from '../../tools/kit/tokens.ts';

/** The product's own processes, on a database behind a proxy and on a Redis that can be taken away. */
export interface WatchedClinic {
  /** As the processes know it. */
  readonly databaseUrl: string;
  readonly redis: RedisServer;
  /** With its password, where it has one. */
  readonly redisUrl: string;
  readonly proxy: TcpProxy;
  /** Past the proxy. */
  readonly sql: Client;
  readonly environment: Readonly<Record<string, string>>;
  readonly start: (
    script: 'src/server.ts' | 'workers/worker.ts',
    more?: Readonly<Record<string, string>>,
  ) => Promise<Program>;
  readonly call: (api: Program, method: string, path: string, body?: object) => Promise<Answer>;
  /** Starts the session of this appointment, of the patient with the same number, who has bought these units. */
  readonly startSession: (api: Program, appointment: number, units: number) => Promise<void>;
  /** Puts the clock of the database back by these hours while `act` goes on. */
  readonly longAgo: (hours: number, act: () => Promise<void>) => Promise<void>;
  /** Audits the night that is due, as a worker does. */
  readonly auditNight: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly message: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever the route answers
  readonly data: any;
}

export async function openWatchedClinic(
  intervalSeconds = 2,
  redisSettings: Readonly<Record<string, string>> = {},
): Promise<WatchedClinic> {
  const database = await createDatabase();
  const redis = await startRedisServer(redisSettings);
  const { requirepass } = redisSettings;
  const redisUrl = requirepass === undefined ? redis.url : redis.url.replace('//', `//:${requirepass}@`);
  await prepareDatabase(database.url, redisUrl);
  const sql = new Client({ connectionString: database.url });
  await sql.connect();
  const proxy = await openTcpProxy(portIn(database.url));
  const environment = {
    DATABASE_URL: throughProxy(database.url, proxy),
    REDIS_URL: redisUrl,
    JWT_SECRET: SECRET,
    SESSION_INTERVAL_SECONDS: String(intervalSeconds),
    LOG_LEVEL: 'silent',
    RATE_LIMIT_PER_MINUTE: '100000',
  };
  const programs: Program[] = [];

  const start: WatchedClinic['start'] = async (script, more = {}) => {
    const program = await startProgram(script, { ...environment, ...more });
    programs.push(program);
    await untilReady(program);
    return program;
  };

  const call: WatchedClinic['call'] = async ({ port }, method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${tokenFor(1, { role: 'admin' })}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer: Omit<Answer, 'status'> = JSON.parse(await response.text());
    return { status: response.status, message: answer.message, data: answer.data };
  };

  return {
    databaseUrl: environment.DATABASE_URL,
    redis,
    redisUrl,
    proxy,
    sql,
    environment,
    start,
    call,
    startSession: async (api, appointment, units) => {
      await call(api, 'PUT', `/admin/subscriptions/${appointment}`, {
        patient_id: appointment,
        sessions_total: units,
      });
      await call(api, 'PUT', `/admin/appointments/${appointment}`, {
        patient_id: appointment,
        doctor_id: 900,
        type: 'text',
        status: 'confirmed',
        scheduled_at: '2026-01-01T09:00:00Z',
      });
      const started = await fetch(`http://127.0.0.1:${api.port}/api/text-appointments/start-session`, {
        method: 'POST',
        headers: { authorization: `Bearer ${tokenFor(appointment)}`, 'content-type': 'application/json' },
        body: JSON.stringify({ appointment_id: appointment }),
      });
      if (!started.ok) throw new Error(`the session did not start: ${await started.text()}`);
    },
    longAgo: async (hours, act) => {
      const { rows } = await sql.query<{ definition: string }>(
        `SELECT pg_get_functiondef('session_clock'::regproc) AS definition`,
      );
      await sql.query(`CREATE OR REPLACE FUNCTION session_clock() RETURNS timestamptz LANGUAGE sql VOLATILE
        AS $$ SELECT date_trunc('milliseconds', clock_timestamp()) - interval '${hours} hours' $$`);
      try {
        await act();
      } finally {
        await sql.query(rows[0]?.definition ?? '');
      }
    },
    auditNight: async () => {
      const own = openDatabase({
        url: database.url,
        maxConnections: 2,
        applicationName: 'session-engine audit',
      });
      try {
        const outcome = await createAuditing(own.audit).night({
          atHour: 0,
          onDifference: () => {},
          isStopped: () => false,
        });
        if (outcome.kind !== 'audited') throw new Error(`the night was not audited, but ${outcome.kind}`);
      } finally {
        await own.close();
      }
    },
    close: async () => {
      // A program that stands still hears no SIGTERM.
      for (const { child } of programs) child.kill('SIGCONT');
      await Promise.all(programs.map((program) => program.kill()));
      await sql.end();
      await proxy.shut();
      await database.drop();
      await redis.stop();
    },
  };
}
