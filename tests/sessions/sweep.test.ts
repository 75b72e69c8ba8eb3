/** The sweep: sessions that an alarm should have settled by now. */
import { describe, expect, test } from 'vitest';
import { sessionId } from '../../src/billing/ids.ts';
import { settleOverdue, type SweepParts, type SettledPage, sweepOnce } from '../../src/sessions/sweep.ts';
import { DOCTOR, t } from '../billing/specimens.ts';
import { accountIn, book, of, openEngine } from './engine.ts';

const OPEN = new AbortController().signal;

/** Sessions 1 to 3 start at minutes 0, 1 and 2; the doctor writes in 1 and 3. */
async function threeSessions() {
  const engine = openEngine();
  await book(engine, 9, [1, 2, 3]);
  for (const id of [1, 2, 3]) {
    engine.setClock(t(`${id - 1}:00`));
    await engine.executor.execute('start', of(id));
    if (id !== 2) await engine.executor.execute('recordActivity', of(id, DOCTOR));
  }
  const { store, executor } = engine;
  const parts: SweepParts = {
    overdue: store.overdue,
    execute: executor.execute,
    onFailure: (_id, error) => {
      throw error;
    },
  };
  return { ...engine, parts };
}

const failingAlways = (parts: SweepParts): SweepParts => ({
  ...parts,
  execute: () => Promise.reject(new Error('not now')),
  onFailure: () => {},
});

const idsOf = ({ sessions }: SettledPage): readonly number[] =>
  sessions.map(({ session }) => session.sessionId);

describe('the sweep', () => {
  test('settles what is overdue by more than the grace', async () => {
    const { store, parts, setClock } = await threeSessions();
    setClock(t('11:02'));

    expect(await settleOverdue({ graceMs: 2000, limit: 10, after: null }, parts)).toEqual({
      sessions: [{ session: { sessionId: 1, nextDeadlineAt: t('10:00') }, outcome: 'active' }],
      next: null,
    });
    // One account is settled whole: session 2 was due as well, though its grace had not passed.
    expect(accountIn(store).sessions.map(({ state }) => state)).toEqual(['active', 'ended', 'active']);
  });

  test('finds nothing where nothing is overdue', async () => {
    const { parts, setClock } = await threeSessions();
    setClock(t('10:02'));

    expect(await sweepOnce(parts, {}, OPEN)).toMatchObject({ pages: 1, sessions: 0, failed: 0, settled: [] });
  });

  test('goes page by page, by deadline, until there is none', async () => {
    const { parts, setClock } = await threeSessions();
    setClock(t('30:00'));
    const failing = failingAlways(parts);
    const first = await settleOverdue({ graceMs: 0, limit: 2, after: null }, failing);
    const second = await settleOverdue({ graceMs: 0, limit: 2, after: first.next }, failing);

    expect([idsOf(first), idsOf(second), second.next]).toEqual([[1, 2], [3], null]);
    expect(await sweepOnce(failing, { graceMs: 0, limit: 1 }, OPEN)).toMatchObject({
      pages: 4,
      sessions: 3,
      failed: 3,
      settled: [],
    });
  });

  test('ends a round at its most pages, and after the page under way when it is closed', async () => {
    const { parts, setClock } = await threeSessions();
    setClock(t('30:00'));
    const failing = failingAlways(parts);

    expect(await sweepOnce(failing, { graceMs: 0, limit: 1, maxPages: 2 }, OPEN)).toMatchObject({ pages: 2 });
    expect(await sweepOnce(failing, { graceMs: 0, limit: 1 }, AbortSignal.abort())).toMatchObject({
      pages: 1,
    });
  });

  test('goes on where one session cannot be settled, reports that one, and names those that it settled', async () => {
    const { executor, parts, setClock } = await threeSessions();
    setClock(t('30:00'));
    const failures: string[] = [];
    const round = await sweepOnce(
      {
        ...parts,
        execute: (kind, command) =>
          'sessionId' in command && command.sessionId === sessionId(2)
            ? Promise.reject(new Error('broken'))
            : executor.execute(kind, command),
        onFailure: (id, error) => failures.push(`${id} ${String(error)}`),
      },
      { graceMs: 0, limit: 10 },
      OPEN,
    );

    expect(round).toMatchObject({ pages: 1, sessions: 3, failed: 1 });
    expect(round.settled.map(({ sessionId: id }) => id)).toEqual([1, 3]);
    expect(failures).toEqual(['2 Error: broken']);
  });
});
