/** A command that fails in a batch: who hears of it, and what becomes of its neighbours. */
import { describe, expect, test } from 'vitest';
import { appointmentId, sessionId } from '../../src/billing/ids.ts';
import type { Store } from '../../src/sessions/store.ts';
import { StoreUnavailable } from '../../src/sessions/store.ts';
import { DOCTOR, STRANGER, t } from '../billing/specimens.ts';
import { accountIn, book, of, openEngine } from './engine.ts';

describe('a command that fails', () => {
  const poisoned = () =>
    openEngine({
      handlers: (handlers) => ({
        ...handlers,
        recordActivity: {
          ...handlers.recordActivity,
          decide: (command, work) => {
            const outcome = handlers.recordActivity.decide(command, work);
            if (command.caller === STRANGER) throw new Error('poison');
            if (command.appointmentId === appointmentId(3)) throw new Error('poison after recording');
            return outcome;
          },
        },
      }),
    });

  test('while it is decided fails alone: its neighbours are answered, and what it wrote is taken back', async () => {
    const engine = poisoned();
    await book(engine, 5, [1, 2, 3]);
    for (const id of [1, 2, 3]) await engine.executor.execute('start', of(id));
    engine.seen.length = 0;
    const before = engine.store.tables().sessions.get(sessionId(3));

    const answers = await Promise.allSettled([
      engine.executor.execute('recordActivity', of(1)),
      engine.executor.execute('recordActivity', of(3)),
      engine.executor.execute('recordActivity', of(1, STRANGER)),
      engine.executor.execute('recordActivity', of(2, DOCTOR)),
    ]);

    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(answers[1]).toMatchObject({ reason: { message: 'poison after recording' } });
    expect(engine.seen).toEqual(['committed 4']);
    expect(engine.store.tables().sessions.get(sessionId(3))).toEqual(before);
    expect(accountIn(engine.store).sessions).toMatchObject([
      { hasPatientActivity: true },
      { hasDoctorActivity: true },
      { hasPatientActivity: false, lastActivityAt: null },
    ]);
  });

  test('takes back the settling that it brought about, and the next command settles anew', async () => {
    const engine = poisoned();
    await book(engine, 5, [1, 3]);
    for (const id of [1, 3]) await engine.executor.execute('start', of(id));
    engine.setClock(t('10:00'));

    const alone = engine.executor.execute('recordActivity', of(3, STRANGER));
    await expect(alone).rejects.toThrow('poison');
    expect(accountIn(engine.store).sessions.map(({ state }) => state)).toEqual(['active', 'active']);

    const [, settled] = await Promise.allSettled([
      engine.executor.execute('recordActivity', of(3, STRANGER)),
      engine.executor.execute('settle', { sessionId: sessionId(1) }),
    ]);
    expect(settled).toEqual({
      status: 'fulfilled',
      value: { kind: 'ended', reason: 'no_activity', at: t('10:00'), did: expect.anything() },
    });
    expect(accountIn(engine.store).sessions.map(({ state }) => state)).toEqual(['ended', 'ended']);
    const events = engine.store.tables().events.filter((event) => event.sessionId === sessionId(1));
    expect(events.map(({ eventNo, type }) => [eventNo, type])).toEqual([
      [1, 'started'],
      [2, 'deduction'],
      [3, 'ended'],
    ]);
  });

  test('in the database is found by halving its batch: it alone is rejected, and every neighbour is committed once', async () => {
    const refusing =
      (transact: Store['transact']): Store['transact'] =>
      (needs, fold) =>
        transact(needs, (loaded) => {
          const done = fold(loaded);
          if (done.writes.sessions.some(({ session }) => session.appointmentId === appointmentId(6)))
            throw new Error('refused by a check');
          return done;
        });
    const engine = openEngine({ transact: refusing });
    const appointments = [1, 2, 3, 4, 5, 6, 7, 8];
    await book(engine, 20, appointments);
    engine.seen.length = 0;

    const answers = await Promise.allSettled(
      appointments.map((id) => engine.executor.execute('start', of(id))),
    );

    expect(answers.map(({ status }) => status)).toEqual(
      appointments.map((id) => (id === 6 ? 'rejected' : 'fulfilled')),
    );
    expect(engine.seen).toEqual([
      'broken 8: Error: refused by a check',
      'committed 4',
      'broken 4: Error: refused by a check',
      'broken 2: Error: refused by a check',
      'committed 1',
      'committed 2',
    ]);
    expect(accountIn(engine.store)).toMatchObject({ grants: [{ remaining: 20, held: 7 }] });
    expect(accountIn(engine.store).sessions).toHaveLength(7);
  });

  test('is not searched for while the database cannot be reached: the whole batch is rejected at once', async () => {
    let calls = 0;
    const engine = openEngine({
      transact: () => () => {
        calls += 1;
        return Promise.reject(new StoreUnavailable('the database cannot be reached'));
      },
    });
    const answers = await Promise.allSettled(
      [1, 2, 3, 4].map((id) => engine.executor.execute('settle', { sessionId: sessionId(id) })),
    );

    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
    expect(calls).toBe(1);
    expect(engine.seen).toEqual([]);
  });
});
