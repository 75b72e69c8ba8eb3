import { describe, expect, test } from 'vitest';
import { appointmentId } from '../../src/billing/ids.ts';
import { createNow, type NowParts } from '../../src/watch/now.ts';
import type { LastHour } from '../../src/watch/state.ts';
import { ago, NOON, overdue, queueWith, SECOND, seven, stateWith } from './facts.ts';

const quietHour: LastHour = { deductions: 0, latenessP50Ms: null, latenessP99Ms: null, minutes: [] };
const never = new Promise<never>(() => {});
const away = () => Promise.reject(new Error('away'));

function open(database: Partial<NowParts['database']> = {}, queue: Partial<NowParts['queue']> = {}) {
  let asked = 0;
  const now = createNow({
    database: {
      ping: async () => {},
      state: async () => {
        asked += 1;
        return stateWith();
      },
      lastHour: async () => quietHour,
      firstDeadlines: async () => [],
      ...database,
    },
    queue: {
      state: async () => queueWith(),
      figures: async () => ({ waiting: 15, failed: 0 }),
      failing: async () => [],
      ...queue,
    },
    installation: 'services',
    isAuditedNightly: true,
    databaseSeenAtMs: () => ago(3 * SECOND),
    queueLostAtMs: () => ago(2 * SECOND),
    queueLivesOn: 'redis',
  });
  return { now, asked: () => asked };
}

describe('how it stands now', () => {
  test('is asked once for all who ask at the same time and in the second after', async () => {
    const { now, asked } = open();
    const answers = await Promise.all(Array.from({ length: 20 }, () => now()));
    expect(asked()).toBe(1);
    expect(new Set(answers).size).toBe(1);
    expect(await now()).toBe(answers[0]);
    expect(asked()).toBe(1);
    await expect.poll(async () => (await now()) === answers[0], { timeout: 5_000, interval: 20 }).toBe(false);
    expect(asked()).toBe(2);
  });

  test('has the figures of the database and the queue, by the clock of the database', async () => {
    expect(await open().now()).toStrictEqual({
      serverTime: NOON,
      problems: [],
      state: stateWith(),
      lastHour: quietHour,
      alarms: { waiting: 15, failed: 0 },
    });
  });

  test('is answered within about two seconds where nothing answers at all', async () => {
    const silent = () => never;
    const { now } = open(
      { ping: silent, state: silent, lastHour: silent },
      { state: silent, figures: silent },
    );
    const startMs = performance.now();
    const { problems, ...parts } = await now();
    // Two questions that are asked one after the other take three seconds.
    expect(performance.now() - startMs).toBeLessThan(3_000);
    expect(parts).toMatchObject({ state: null, lastHour: null, alarms: null });
    expect(problems).toMatchObject([
      { code: 'database_away', since: ago(3 * SECOND) },
      { code: 'queue_away', since: ago(2 * SECOND) },
    ]);
  });

  test.each<[string, Parameters<typeof open>]>([
    ['does not take the ping', [{ ping: away }]],
    ['does not tell the state', [{ state: away }]],
  ])('is never well where the database %s', async (_what, parts) => {
    const { problems } = await open(...parts).now();
    expect(problems.map(({ code }) => code)).toStrictEqual(['database_away']);
  });

  test('is null only where it could not be read: without the last hour, all else is there', async () => {
    const { problems, ...parts } = await open({ lastHour: away }).now();
    expect(problems).toStrictEqual([]);
    expect(parts).toMatchObject({ lastHour: null, state: stateWith(), alarms: { waiting: 15 } });
  });

  test('names sessions whose settling fails, and asks for them only where something is overdue', async () => {
    const deadline = {
      sessionId: seven,
      at: ago(9 * SECOND),
      appointmentId: appointmentId(1),
      block: 1,
      isBlockEnd: true,
    };
    const failing = async () => [seven];
    const firstDeadlines = async () => [deadline];
    const late = { state: async () => stateWith({ sessions: overdue(1, ago(9 * SECOND)) }), firstDeadlines };
    const found = await open(late, { failing }).now();
    expect(found.problems.map(({ code, title }) => [code, title])).toStrictEqual([
      ['sessions_overdue', '1 session is overdue'],
      ['settling_fails', 'Session 7 cannot be settled'],
    ]);
    expect((await open({ firstDeadlines }, { failing }).now()).problems).toStrictEqual([]);
  });
});
