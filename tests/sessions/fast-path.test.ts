/** The fast path for activities, and when it is not taken. */
import { describe, expect, test } from 'vitest';
import { sessionId } from '../../src/billing/ids.ts';
import { createFastPath } from '../../src/sessions/fast-path.ts';
import { type Activity, type Store, StoreUnavailable } from '../../src/sessions/store.ts';
import { DOCTOR, PATIENT, STRANGER, t } from '../billing/specimens.ts';
import { accountIn, book, type Engine, observerIn, of, openEngine } from './engine.ts';

/** Session 1 is active and both have written at minute 1. What the fast path does from then on is kept. */
async function openFastPath(between: (touch: Store['touch']) => Store['touch'] = (touch) => touch) {
  const engine: Engine = openEngine();
  const { executor, store } = engine;
  await book(engine, 5, [1, 2]);
  await executor.execute('start', of(1));
  engine.setClock(t('1:00'));
  for (const member of [PATIENT, DOCTOR]) await executor.execute('recordActivity', of(1, member));
  engine.seen.length = 0;
  const touched: (readonly Activity[])[] = [];
  const fastPath = createFastPath({
    touch: between((activities) => {
      touched.push(activities);
      return store.touch(activities);
    }),
    execute: executor.execute,
    observer: observerIn(engine.seen),
  });
  return { ...engine, fastPath, touched };
}

describe('the fast path for an activity', () => {
  test.each([
    ['patient', PATIENT],
    ['doctor', DOCTOR],
  ])('is taken where the %s has written before and nothing is due', async (_role, member) => {
    const { fastPath, setClock, seen, store } = await openFastPath();
    setClock(t('2:00'));

    expect(await fastPath.recordActivity(of(1, member))).toEqual({
      kind: 'recorded',
      sessionId: 1,
      lastActivityAt: t('2:00'),
    });
    expect(seen).toEqual(['touched 1']);
    expect(accountIn(store).sessions[0]).toMatchObject({ lastActivityAt: t('2:00') });
  });

  test('takes one statement for all that come together', async () => {
    const { fastPath, seen, touched } = await openFastPath();
    const activities = [of(1), of(1, DOCTOR), of(1)];
    const outcomes = await Promise.all(activities.map((activity) => fastPath.recordActivity(activity)));

    expect(outcomes.map(({ kind }) => kind)).toEqual(['recorded', 'recorded', 'recorded']);
    expect(touched).toEqual([activities]);
    expect(seen).toEqual(['touched 3']);
  });

  test('writes no event and no entry: only the time of the last activity', async () => {
    const { fastPath, store, setClock } = await openFastPath();
    const before = store.tables();
    setClock(t('2:00'));
    await fastPath.recordActivity(of(1));

    expect(store.tables().events).toBe(before.events);
    expect(store.tables().entries).toBe(before.entries);
    expect(store.tables().grants).toBe(before.grants);
  });
});

describe('an activity that the fast path leaves out', () => {
  test.each([
    ['a third user', of(1, STRANGER), '2:00', 'not_a_participant'],
    ['an appointment that is not there', of(9), '2:00', 'appointment_not_found'],
    ['a session that never started', of(2), '2:00', 'no_active_session'],
    ['a session whose units have run out meanwhile', of(1), '50:00', 'session_ended'],
  ])('is refused by the executor: %s', async (_who, activity, clock, code) => {
    const { fastPath, setClock, seen } = await openFastPath();
    setClock(t(clock));

    expect(await fastPath.recordActivity(activity)).toMatchObject({ kind: 'refused', code });
    expect(seen).toEqual(['touched 1', 'committed 1']);
  });

  test('goes through the executor if it is the first of its role, and is written in the audit log', async () => {
    const { fastPath, executor, seen, store } = await openFastPath();
    await executor.execute('start', of(2));
    seen.length = 0;
    for (const member of [DOCTOR, PATIENT]) await fastPath.recordActivity(of(2, member));

    expect(seen).toEqual(['touched 1', 'committed 1', 'touched 1', 'committed 1']);
    const events = store.tables().events.filter((event) => event.sessionId === sessionId(2));
    expect(events.map(({ type, data }) => [type, data['role']])).toEqual([
      ['started', undefined],
      ['activity', 'doctor'],
      ['activity', 'patient'],
    ]);
  });

  test('goes through the executor if something is due: the interval is charged, and the activity counts', async () => {
    const { fastPath, setClock, seen, store } = await openFastPath();
    setClock(t('10:00'));

    expect(await fastPath.recordActivity(of(1))).toMatchObject({
      kind: 'recorded',
      lastActivityAt: t('10:00'),
    });
    expect(seen).toEqual(['touched 1', 'committed 1']);
    expect(accountIn(store)).toMatchObject({ grants: [{ remaining: 4, held: 1 }] });
  });

  test('goes through the executor alone: those beside it take the fast path', async () => {
    const { fastPath, seen } = await openFastPath();
    const outcomes = await Promise.all([
      fastPath.recordActivity(of(1)),
      fastPath.recordActivity(of(1, STRANGER)),
      fastPath.recordActivity(of(1, DOCTOR)),
    ]);

    expect(outcomes.map(({ kind }) => kind)).toEqual(['recorded', 'refused', 'recorded']);
    expect(seen).toEqual(['touched 3', 'committed 1']);
  });

  test('goes through the executor with all others if the fast path fails, and the observer is told', async () => {
    const { fastPath, seen, store } = await openFastPath(
      () => () => Promise.reject(new Error('no connection')),
    );
    const outcomes = await Promise.all([
      fastPath.recordActivity(of(1)),
      fastPath.recordActivity(of(1, DOCTOR)),
    ]);

    expect(outcomes.map(({ kind }) => kind)).toEqual(['recorded', 'recorded']);
    expect(seen).toEqual(['touch failed: Error: no connection', 'committed 2']);
    expect(accountIn(store).sessions[0]).toMatchObject({ lastActivityAt: t('1:00') });
  });

  test('is rejected with the error of the executor if that fails too', async () => {
    const away = new StoreUnavailable('the database cannot be reached');
    const fastPath = createFastPath({
      touch: () => Promise.reject(away),
      execute: () => Promise.reject(away),
      observer: observerIn([]),
    });

    await expect(fastPath.recordActivity(of(1))).rejects.toBe(away);
  });
});

describe('the fast path', () => {
  test('refuses more than may wait as unavailable', async () => {
    const { store, executor } = openEngine();
    const fastPath = createFastPath({
      touch: store.touch,
      execute: executor.execute,
      observer: observerIn([]),
      limits: { maxBatchSize: 1, startsAt: [1], limit: 1 },
    });
    const answers = await Promise.allSettled([
      fastPath.recordActivity(of(1)),
      fastPath.recordActivity(of(1)),
    ]);

    expect(answers).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: expect.any(StoreUnavailable) },
    ]);
  });

  test('is idle when every touch is done', async () => {
    const { fastPath, seen } = await openFastPath();
    void fastPath.recordActivity(of(1));
    await fastPath.idle();

    expect(seen).toEqual(['touched 1']);
  });
});
