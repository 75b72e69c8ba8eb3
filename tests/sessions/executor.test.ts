/** The one path for every change, over the database of the tests. */
import { describe, expect, test } from 'vitest';
import { sessionId } from '../../src/billing/ids.ts';
import { StoreUnavailable } from '../../src/sessions/store.ts';
import { DOCTOR, PATIENT, t } from '../billing/specimens.ts';
import { accountIn, book, notingCommits, of, openEngine } from './engine.ts';

describe('the executor', () => {
  test('answers a caller only after the commit of the batch', async () => {
    const happened: string[] = [];
    const engine = openEngine({
      transact: notingCommits(happened),
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
