import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prepareDatabase } from '../../src/ops/prepare-database.ts';
import { createDatabase, type TestDatabase } from '../../tools/kit/database.ts';
import { type Program, startProgram, untilReady } from '../../tools/kit/product-program.ts';
import { describeWithRedis } from '../../tools/kit/describe.ts';
import { startRedis, type TestRedis } from '../../tools/kit/redis.ts';
import { SECRET, tokenFor } from '../../tools/kit/tokens.ts';

/**
 * The product as it runs in production: two APIs and two workers, processes of their own, on a real database and a
 * real queue, with blocks of two seconds. The few tests that let time pass.
 */
const INTERVAL_MS = 2_000;
const ADMIN = 1;
const PATIENT = 101;
const DOCTOR = 201;

interface Answer {
  readonly success: boolean;
  readonly message: string;
  readonly data: Readonly<Record<string, unknown>>;
}

for (const queue of ['redis', 'postgres'] as const)
  await describeWithRedis(`two APIs and two workers, alarms on ${queue}`, () => {
    let database: TestDatabase;
    let redis: TestRedis | null = null;
    let sql: Client;
    let programs: Program[] = [];
    let apis: Program[] = [];
    let workers: Program[] = [];

    const start = async (script: string): Promise<Program> => {
      const program = await startProgram(script, {
        DATABASE_URL: database.url,
        REDIS_URL: redis?.url ?? '',
        JWT_SECRET: SECRET,
        SESSION_INTERVAL_SECONDS: String(INTERVAL_MS / 1000),
      });
      programs.push(program);
      return program;
    };

    beforeEach(async () => {
      database = await createDatabase();
      redis = queue === 'redis' ? await startRedis() : null;
      await prepareDatabase(database.url, redis?.url ?? null);
      sql = new Client({ connectionString: database.url });
      await sql.connect();
      programs = [];
      apis = await Promise.all([start('src/server.ts'), start('src/server.ts')]);
      workers = await Promise.all([start('workers/worker.ts'), start('workers/worker.ts')]);
      await Promise.all(programs.map((program) => untilReady(program)));
    });
    afterEach(async () => {
      await Promise.all(programs.map((program) => program.stop()));
      await sql.end();
      await database.drop();
      await redis?.stop();
    });

    async function call(method: string, path: string, user: number, body?: object): Promise<Answer['data']> {
      const api = apis[Math.floor(Math.random() * apis.length)];
      const response = await fetch(`http://127.0.0.1:${api?.port}/api${path}`, {
        method,
        headers: {
          authorization: `Bearer ${tokenFor(user, user === ADMIN ? { role: 'admin' } : {})}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const answer: Answer = JSON.parse(await response.text());
      if (!answer.success) throw new Error(`${method} ${path} answered ${response.status} ${answer.message}`);
      return answer.data;
    }

    async function startSession(appointment: number, units: number): Promise<void> {
      await call('PUT', `/admin/subscriptions/${appointment}`, ADMIN, {
        patient_id: PATIENT + appointment,
        sessions_total: units,
      });
      await call('PUT', `/admin/appointments/${appointment}`, ADMIN, {
        patient_id: PATIENT + appointment,
        doctor_id: DOCTOR,
        type: 'text',
        status: 'confirmed',
        scheduled_at: '2026-01-01T09:00:00Z',
      });
      await call('POST', '/text-appointments/start-session', PATIENT + appointment, {
        appointment_id: appointment,
      });
    }
    const write = (appointment: number, user = PATIENT + appointment) =>
      call('POST', '/text-appointments/update-activity', user, { appointment_id: appointment });

    /** Waits for what the engine does by itself. */
    async function until(isSo: () => Promise<boolean>): Promise<void> {
      while (!(await isSo())) await pause(50);
    }
    const isOver = async (count: number): Promise<boolean> => {
      const { rows } = await sql.query<{ ended: number }>(
        'SELECT count(*)::integer AS ended FROM text_appointment_sessions WHERE is_ended',
      );
      return rows[0]?.ended === count;
    };

    interface Line {
      readonly appointment: number;
      readonly reason: string;
      readonly no: number;
      readonly dueMs: number;
      readonly lateMs: number;
    }
    const ledger = async (): Promise<Line[]> => {
      const { rows } = await sql.query<Line>(
        `SELECT s.appointment_id::integer AS appointment, e.reason, e.interval_no AS no,
           (epoch_ms(e.effective_at) - epoch_ms(s.start_time))::float8 AS "dueMs",
           (epoch_ms(e.recorded_at) - epoch_ms(e.effective_at))::float8 AS "lateMs"
         FROM ledger_entries e JOIN text_appointment_sessions s ON s.id = e.session_id ORDER BY s.appointment_id, e.interval_no`,
      );
      return rows;
    };
    const interval = (appointment: number, no: number) => ({
      appointment,
      reason: 'interval',
      no,
      dueMs: no * INTERVAL_MS,
    });

    test(`bill live sessions by themselves and on time, on ${queue}`, async () => {
      await startSession(1, 2);
      await startSession(2, 5);
      await write(1);
      await until(() => isOver(2));
      const lines = await ledger();
      expect(lines.map(({ lateMs: _late, ...line }) => line)).toEqual([
        interval(1, 1),
        interval(1, 2),
        { appointment: 2, reason: 'no_activity', no: 1, dueMs: INTERVAL_MS },
      ]);
      // Well before the sweep would have come: it leaves to the alarms what is not two seconds late.
      for (const { lateMs } of lines) expect(lateMs).toBeLessThan(2_000);
      const status = await call('GET', '/text-appointments/1/session-status', DOCTOR);
      expect(status).toMatchObject({
        is_ended: true,
        end_reason: 'balance_exhausted',
        sessions_used: 2,
        remaining_sessions: 0,
      });
    });

    test(`lose nothing when both workers are killed and another comes later, on ${queue}`, async () => {
      await startSession(1, 3);
      await write(1);
      await Promise.all(workers.map((worker) => worker.kill()));
      await until(async () => {
        const { server_time, start_time } = await call('GET', '/text-appointments/1/session-status', DOCTOR);
        return Date.parse(String(server_time)) - Date.parse(String(start_time)) > 3 * INTERVAL_MS;
      });
      expect(await ledger(), 'nobody was there to write').toEqual([]);
      const status = await call('GET', '/text-appointments/1/session-status', DOCTOR);
      expect(status, 'and yet the status is right').toMatchObject({ is_ended: true, sessions_used: 3 });
      workers = [await start('workers/worker.ts')];
      await until(() => isOver(1));
      expect((await ledger()).map(({ lateMs: _late, ...line }) => line)).toEqual([
        interval(1, 1),
        interval(1, 2),
        interval(1, 3),
      ]);
    });

    test(`stop in good order when they are asked to, on ${queue}`, async () => {
      await startSession(1, 3);
      const codes = await Promise.all([...apis, ...workers].map((program) => program.stop()));
      expect(codes).toEqual([0, 0, 0, 0]);
    });
  });
