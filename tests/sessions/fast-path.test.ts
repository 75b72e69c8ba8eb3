/** The short way for activities, and when it is not taken. */
import { describe, expect, test } from 'vitest';
import { sessionId } from '../../src/billing/ids.ts';
import { createFastPath } from '../../src/sessions/fast-path.ts';
import { type Activity, type Store, StoreUnavailable } from '../../src/sessions/store.ts';
import { DOCTOR, PATIENT, STRANGER, t } from '../billing/specimens.ts';
import { accountIn, book, type Engine, observerIn, of, openEngine } from './engine.ts';

/** Session 1 is active and both have written at minute 1. What the lane does from then on is kept. */
async function openLane(between: (touch: Store['touch']) => Store['touch'] = (touch) => touch) {
  const engine: Engine = openEngine();
  const { executor, store } = engine;
  await book(engine, 5, [1, 2]);
  await executor.execute('start', of(1));
  engine.setClock(t('1:00'));
  for (const member of [PATIENT, DOCTOR]) await executor.execute('recordActivity', of(1, member));
  engine.seen.length = 0;
  const touched: (readonly Activity[])[] = [];
  const lane = createFastPath({
    touch: between((activities) => {
      touched.push(activities);
      return store.touch(activities);
    }),
    execute: executor.execute,
    observer: observerIn(engine.seen),
  });
  return { ...engine, lane, touched };
}

describe('the short way for an activity', () => {
  test.each([
    ['patient', PATIENT],
    ['doctor', DOCTOR],
  ])('is taken where the %s has written before and nothing is due', async (_role, member) => {
    const { lane, setClock, seen, store } = await openLane();
    setClock(t('2:00'));

    expect(await lane.recordActivity(of(1, member))).toEqual({
      kind: 'recorded',
      sessionId: 1,
      lastActivityAt: t('2:00'),
    });
    expect(seen).toEqual(['touched 1']);
    expect(accountIn(store).sessions[0]).toMatchObject({ lastActivityAt: t('2:00') });
  });

  test('is one statement for all that come together', async () => {
    const { lane, seen, touched } = await openLane();
    const activities = [of(1), of(1, DOCTOR), of(1)];
    const outcomes = await Promise.all(activities.map((activity) => lane.recordActivity(activity)));

    expect(outcomes.map(({ kind }) => kind)).toEqual(['recorded', 'recorded', 'recorded']);
    expect(touched).toEqual([activities]);
    expect(seen).toEqual(['touched 3']);
  });

  test('writes no event and no entry: only the time of the last activity', async () => {
    const { lane, store, setClock } = await openLane();
    const before = store.tables();
    setClock(t('2:00'));
    await lane.recordActivity(of(1));

    expect(store.tables().events).toBe(before.events);
    expect(store.tables().entries).toBe(before.entries);
    expect(store.tables().grants).toBe(before.grants);
  });
});

describe('the long way for an activity', () => {
  test.each([
    ['a third user', of(1, STRANGER), '2:00', 'not_a_participant'],
    ['an appointment that is not there', of(9), '2:00', 'appointment_not_found'],
    ['a session that never started', of(2), '2:00', 'no_active_session'],
    ['a session whose units have run out meanwhile', of(1), '50:00', 'session_ended'],
  ])('refuses %s', async (_who, activity, clock, code) => {
    const { lane, setClock, seen } = await openLane();
    setClock(t(clock));

    expect(await lane.recordActivity(activity)).toMatchObject({ kind: 'refused', code });
    expect(seen).toEqual(['touched 1', 'committed 1']);
  });

  test('is taken for the first message of each role, which is written in the audit log', async () => {
    const { lane, executor, seen, store } = await openLane();
    await executor.execute('start', of(2));
    seen.length = 0;
    for (const member of [DOCTOR, PATIENT]) await lane.recordActivity(of(2, member));

    expect(seen).toEqual(['touched 1', 'committed 1', 'touched 1', 'committed 1']);
    const events = store.tables().events.filter((event) => event.sessionId === sessionId(2));
    expect(events.map(({ type, data }) => [type, data['role']])).toEqual([
      ['started', undefined],
      ['activity', 'doctor'],
      ['activity', 'patient'],
    ]);
  });

  test('is taken where something is due: the interval is charged, and the message counts', async () => {
    const { lane, setClock, seen, store } = await openLane();
    setClock(t('10:00'));

    expect(await lane.recordActivity(of(1))).toMatchObject({ kind: 'recorded', lastActivityAt: t('10:00') });
    expect(seen).toEqual(['touched 1', 'committed 1']);
    expect(accountIn(store)).toMatchObject({ grants: [{ remaining: 4, held: 1 }] });
  });

  test('is taken by those alone that the short way left out', async () => {
    const { lane, seen } = await openLane();
    const outcomes = await Promise.all([
      lane.recordActivity(of(1)),
      lane.recordActivity(of(1, STRANGER)),
      lane.recordActivity(of(1, DOCTOR)),
    ]);

    expect(outcomes.map(({ kind }) => kind)).toEqual(['recorded', 'refused', 'recorded']);
    expect(seen).toEqual(['touched 3', 'committed 1']);
  });

  test('is taken by all where the short way fails, and the observer is told', async () => {
    const { lane, seen, store } = await openLane(() => () => Promise.reject(new Error('no connection')));
    const outcomes = await Promise.all([lane.recordActivity(of(1)), lane.recordActivity(of(1, DOCTOR))]);

    expect(outcomes.map(({ kind }) => kind)).toEqual(['recorded', 'recorded']);
    expect(seen).toEqual(['touch failed: Error: no connection', 'committed 2']);
    expect(accountIn(store).sessions[0]).toMatchObject({ lastActivityAt: t('1:00') });
  });

  test('says what went wrong where it fails too', async () => {
    const away = new StoreUnavailable('the database cannot be reached');
    const lane = createFastPath({
      touch: () => Promise.reject(away),
      execute: () => Promise.reject(away),
      observer: observerIn([]),
    });

    await expect(lane.recordActivity(of(1))).rejects.toBe(away);
  });
});

describe('the lane of activities', () => {
  test('refuses more than may wait as unavailable', async () => {
    const { store, executor } = openEngine();
    const lane = createFastPath({
      touch: store.touch,
      execute: executor.execute,
      observer: observerIn([]),
      limits: { maxBatchSize: 1, startsAt: [1], limit: 1 },
    });
    const answers = await Promise.allSettled([lane.recordActivity(of(1)), lane.recordActivity(of(1))]);

    expect(answers).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: expect.any(StoreUnavailable) },
    ]);
  });

  test('is drained when every touch is done', async () => {
    const { lane, seen } = await openLane();
    void lane.recordActivity(of(1));
    await lane.idle();

    expect(seen).toEqual(['touched 1']);
  });
});
