/** The one path for every change, over the database of the tests. */
import { describe, expect, test } from 'vitest';
import { appointmentId, grantId, sessionId } from '../../src/billing/ids.ts';
import type { Store } from '../../src/sessions/store.ts';
import { StoreUnavailable } from '../../src/sessions/store.ts';
import { ADMIN, DOCTOR, PATIENT, STRANGER, t } from '../billing/specimens.ts';
import { accountIn, book, of, openEngine } from './engine.ts';

const CORRECTION = { admin: ADMIN, note: 'a mistake', idempotencyKey: 'key 1' };

describe('the executor', () => {
  test('answers a caller only after the commit of the batch', async () => {
    const happened: string[] = [];
    const engine = openEngine({
      transact: (transact) => async (needs, fold) => {
        const result = await transact(needs, fold);
        await Promise.resolve();
        happened.push('commit');
        return result;
      },
    });
    await engine.executor.execute('settle', { sessionId: sessionId(1) }).then(() => happened.push('answer'));

    expect(happened).toEqual(['commit', 'answer']);
  });

  test('answers nobody where the commit fails, whatever was decided before it', async () => {
    const engine = openEngine();
    await book(engine);
    const broken = openEngine({
      transact: () => async (needs, fold) => {
        await engine.store.transact(needs, (loaded) => {
          fold(loaded);
          throw new Error('the connection broke at COMMIT');
        });
        throw new Error('unreachable');
      },
    });

    await expect(broken.executor.execute('start', of(1))).rejects.toThrow('the connection broke at COMMIT');
    expect(engine.store.tables().sessions.size).toBe(0);
    expect(broken.alarmsSet).toEqual([]);
  });

  test('carries out what waits in one transaction, each command seeing what those before it did', async () => {
    const engine = openEngine();
    await book(engine);
    engine.seen.length = 0;

    const outcomes = await Promise.all([
      engine.executor.execute('start', of(1)),
      engine.executor.execute('start', of(1, DOCTOR)),
      engine.executor.execute('recordActivity', of(1)),
      engine.executor.execute('end', of(1)),
      engine.executor.execute('recordActivity', of(1)),
    ]);

    expect(outcomes.map(({ kind }) => kind)).toEqual([
      'started',
      'already_active',
      'recorded',
      'ended',
      'refused',
    ]);
    expect(engine.seen).toEqual(['committed 5']);
  });

  test('gives fifty callers who end at the instant of a boundary one ledger and one answer', async () => {
    const engine = openEngine();
    await book(engine);
    await engine.executor.execute('start', of(1));
    await engine.executor.execute('recordActivity', of(1));
    engine.setClock(t('10:00'));

    const ends = Array.from({ length: 50 }, (_caller, index) =>
      index % 5 === 0
        ? engine.executor.execute('settle', { sessionId: sessionId(1) })
        : engine.executor.execute('end', of(1, index % 2 === 0 ? PATIENT : DOCTOR)),
    );
    const kinds = (await Promise.all(ends)).map(({ kind }) => kind);

    expect(kinds.filter((kind, index) => index % 5 !== 0 && kind === 'ended')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'ended_before')).toHaveLength(39);
    const charges = engine.store.tables().entries.filter(({ entry }) => entry.kind === 'charge');
    expect(charges.map(({ entry }) => [entry.intervalNo, entry.reason])).toEqual([[1, 'interval']]);
  });

  test('commits the ending that a refused message found', async () => {
    const engine = openEngine();
    await book(engine);
    await engine.executor.execute('start', of(1));
    engine.setClock(t('10:05'));

    const outcome = await engine.executor.execute('recordActivity', of(1));

    expect(outcome).toMatchObject({
      kind: 'refused',
      code: 'session_ended',
      session: { accountNow: t('10:05') },
    });
    expect(accountIn(engine.store)).toMatchObject({
      sessions: [{ state: 'ended', endedAt: t('10:00'), endReason: 'no_activity', unitsUsed: 1 }],
      grants: [{ remaining: 4, held: 0 }],
    });
  });

  test('refuses more than may wait as unavailable, and decides nothing of it', async () => {
    const engine = openEngine({
      limits: { maxBatchSize: 1, startsAt: [1], limit: 2 },
    });
    const answers = await Promise.allSettled(
      [1, 2, 3].map((id) => engine.executor.execute('settle', { sessionId: sessionId(id) })),
    );

    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(answers[2]).toMatchObject({ reason: expect.any(StoreUnavailable) });
  });

  test('is drained when the last batch and the last alarm are done', async () => {
    let ring: (() => void) | null = null;
    const engine = openEngine({
      alarms: { arm: () => new Promise((resolve) => (ring = resolve)) },
    });
    await book(engine);
    await engine.executor.execute('start', of(1));
    let isDrained = false;
    const drained = engine.executor.idle().then(() => (isDrained = true));
    for (let step = 0; step < 10; step += 1) await Promise.resolve();

    expect(isDrained).toBe(false);
    (ring as (() => void) | null)?.();
    await drained;
    expect(isDrained).toBe(true);
  });
});

describe('a command that breaks', () => {
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

  test('in memory is told so alone: its neighbours are answered and what it wrote is taken back', async () => {
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

  test('takes the settling that it brought about with it, and the next command settles anew', async () => {
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

  test('the database is found in halves: only that one is told, and every neighbour is committed once', async () => {
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

  test('is not looked for where the database cannot be reached: all are told at once', async () => {
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

describe('a correction that is sent twice at once', () => {
  test('asked for twice in one batch is made once: the second finds the key of the first', async () => {
    const engine = openEngine();
    await book(engine);
    engine.seen.length = 0;
    const adjustment = { grantId: grantId(1), units: 2, ...CORRECTION };

    const [first, second] = await Promise.all([
      engine.executor.execute('adjust', adjustment),
      engine.executor.execute('adjust', adjustment),
    ]);

    expect([first.kind, second.kind]).toEqual(['recorded', 'recorded_before']);
    expect(accountIn(engine.store)).toMatchObject({ grants: [{ remaining: 7 }] });
    expect(engine.seen.filter((line) => line.includes('broken'))).toEqual([]);
  });

  test('with another request under the same key is refused', async () => {
    const engine = openEngine();
    await book(engine);
    const [first, second] = await Promise.all([
      engine.executor.execute('adjust', { grantId: grantId(1), units: 2, ...CORRECTION }),
      engine.executor.execute('adjust', { grantId: grantId(1), units: 3, ...CORRECTION }),
    ]);

    expect(first.kind).toBe('recorded');
    expect(second).toEqual({ kind: 'refused', code: 'idempotency_key_reused' });
    expect(accountIn(engine.store)).toMatchObject({ grants: [{ remaining: 7 }] });
  });
});

describe('alarms', () => {
  test('are set after the commit and never inside it, all new ones in one go', async () => {
    const happened: string[] = [];
    const engine = openEngine({
      transact: (transact) => async (needs, fold) => {
        const result = await transact(needs, fold);
        await Promise.resolve();
        happened.push('commit');
        return result;
      },
      alarms: {
        arm: (alarms) => {
          happened.push(
            `arm ${alarms.map(({ sessionId: id, at }) => `${id} at ${at - t('0:00')}`).join(', ')}`,
          );
          return Promise.resolve();
        },
      },
    });
    await book(engine, 5, [1, 2]);
    happened.length = 0;
    const started = await Promise.all([1, 2].map((id) => engine.executor.execute('start', of(id))));
    const ids = started.map((outcome) => (outcome.kind === 'started' ? outcome.session.session.id : 0));

    expect(happened).toEqual(['commit', `arm ${ids.map((id) => `${id} at 600000`).join(', ')}`]);
  });

  test('that cannot be set disturb nobody: the command stands, and the observer is told', async () => {
    const away = () => Promise.reject(new Error('the queue is away'));
    const engine = openEngine({
      alarms: { arm: away },
      policy: { doctorResponseMs: 60_000 },
    });
    await book(engine);
    engine.seen.length = 0;

    const started = await engine.executor.execute('start', of(1));
    const wrote = await engine.executor.execute('recordActivity', of(1));
    await engine.executor.idle();

    expect([started.kind, wrote.kind]).toEqual(['started', 'recorded']);
    expect(engine.seen).toEqual([
      'committed 1',
      'alarms not set: Error: the queue is away',
      'committed 1',
      'alarms not set: Error: the queue is away',
    ]);
  });

  test('that take for ever hold nobody up', async () => {
    const engine = openEngine({ alarms: { arm: () => new Promise(() => {}) } });
    await book(engine);

    await expect(engine.executor.execute('start', of(1))).resolves.toMatchObject({ kind: 'started' });
    await expect(engine.executor.execute('end', of(1))).resolves.toMatchObject({ kind: 'ended' });
  });

  test('are set by no command that changes no deadline', async () => {
    const engine = openEngine();
    await book(engine);
    await engine.executor.execute('start', of(1));
    engine.setClock(t('5:00'));
    await engine.executor.execute('recordActivity', of(1));
    await engine.executor.execute('start', of(1, DOCTOR));
    await engine.executor.execute('settle', { sessionId: sessionId(1) });
    await engine.executor.execute('adjust', { grantId: grantId(1), units: 1, ...CORRECTION });
    await engine.executor.execute('end', of(1));

    expect(engine.alarmsSet).toEqual(['arm 1 in 600000 ms']);
  });
});

describe('a COMMIT of which nobody knows whether it came through', () => {
  /** As the store does it: after the lost answer of a COMMIT the whole command runs again, on what is there now. */
  const twice =
    (transact: Store['transact']): Store['transact'] =>
    async (needs, fold) => {
      await transact(needs, fold);
      return transact(needs, fold);
    };
  /** The fold ran, and its transaction was rolled back: a deadlock, or a lost connection. */
  const rolledBackFirst =
    (transact: Store['transact']): Store['transact'] =>
    (needs, fold) =>
      transact(needs, (loaded) => {
        fold(loaded);
        return fold(loaded);
      });

  async function conversation(between: (transact: Store['transact']) => Store['transact']) {
    const engine = openEngine({ transact: between });
    const { executor, setClock, store } = engine;
    await book(engine, 5, [1, 2]);
    const kinds: string[] = [];
    const told = ({ kind }: { readonly kind: string }) => kinds.push(kind);
    told(await executor.execute('start', of(1)));
    told(await executor.execute('sendMessage', { ...of(1), clientMessageId: 'a', text: 'Hello' }));
    setClock(t('3:00'));
    told(await executor.execute('recordActivity', of(1, DOCTOR)));
    told(await executor.execute('start', of(2, DOCTOR)));
    setClock(t('11:00'));
    told(await executor.execute('settle', { sessionId: sessionId(1) }));
    const charge = store.tables().entries.find(({ entry }) => entry.kind === 'charge');
    if (charge === undefined) throw new Error('nothing was charged');
    told(await executor.execute('refund', { entryId: charge.id, ...CORRECTION }));
    told(
      await executor.execute('adjust', { grantId: grantId(1), units: 4, ...CORRECTION, idempotencyKey: '2' }),
    );
    setClock(t('12:00'));
    told(await executor.execute('end', of(1)));
    const { sessions, grants, entries, events, messages } = store.tables();
    return {
      kinds,
      state: {
        sessions: [...sessions.values()].map(
          ({ session: { id: _id, ...session }, eventCount, messageCount }) => [
            session,
            eventCount,
            messageCount,
          ],
        ),
        grants: [...grants.values()],
        entries: entries.map(({ entry: { sessionId: _id, ...entry }, recordedAt }) => [entry, recordedAt]),
        events: events.map(({ sessionId: _id, ...event }) => event),
        messages: messages.map(({ sessionId: _id, ...message }) => message),
      },
    };
  }

  test('leaves the same ledger, sessions and audit log as one that did', async () => {
    const once = await conversation((transact) => transact);

    expect((await conversation(twice)).state).toEqual(once.state);
  });

  test('is answered as what the repeat found', async () => {
    expect((await conversation(twice)).kinds).toEqual([
      'already_active',
      'stored_before',
      'recorded',
      'already_active',
      'active',
      'recorded_before',
      'recorded_before',
      'ended_before',
    ]);
  });

  test('is no matter where it did not: a fold that ran for nothing leaves no trace', async () => {
    const once = await conversation((transact) => transact);

    expect(await conversation(rolledBackFirst)).toEqual(once);
  });
});
