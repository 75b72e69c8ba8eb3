/** The sweep's page: sessions that somebody should have looked at by now. */
import { describe, expect, test } from 'vitest';
import { type SessionId, sessionId } from '../../src/billing/ids.ts';
import { settleOverdue } from '../../src/sessions/sweep.ts';
import { DOCTOR, t } from '../billing/specimens.ts';
import { accountIn, book, of, openEngine } from './engine.ts';

const unexpected = (_id: SessionId, error: unknown): never => {
  throw error;
};

/** Sessions 1 to 3 start at minutes 0, 1 and 2; the doctor writes in 1 and 3. */
async function threeSessions() {
  const engine = openEngine();
  await book(engine, 9, [1, 2, 3]);
  for (const id of [1, 2, 3]) {
    engine.setClock(t(`${id - 1}:00`));
    await engine.executor.execute('start', of(id));
    if (id !== 2) await engine.executor.execute('recordActivity', of(id, DOCTOR));
  }
  return engine;
}

describe('the sweep', () => {
  test('settles what is overdue by more than the grace, and says when to look again', async () => {
    const { executor, store, setClock } = await threeSessions();
    setClock(t('11:02'));
    const page = { graceMs: 2000, limit: 10, after: null };

    expect(await settleOverdue(page, store.overdue, executor.execute, unexpected)).toEqual({
      sessions: [
        {
          sessionId: 1,
          next: {
            kind: 'again',
            at: t('20:00'),
            delayMs: 538_000,
            did: { charged: [1], refunded: [], ended: null },
          },
        },
      ],
      next: null,
    });
    // One account is settled whole: session 2 was due as well, though its grace had not passed.
    expect(accountIn(store).sessions.map(({ state }) => state)).toEqual(['active', 'ended', 'active']);
  });

  test('finds nothing where nothing is overdue', async () => {
    const { executor, store, setClock } = await threeSessions();
    setClock(t('10:02'));

    expect(
      await settleOverdue(
        { graceMs: 2000, limit: 10, after: null },
        store.overdue,
        executor.execute,
        unexpected,
      ),
    ).toEqual({ sessions: [], next: null });
  });

  test('goes page by page, by deadline, and says where the next one begins', async () => {
    const { store, setClock } = await threeSessions();
    setClock(t('30:00'));
    const notNow = () => Promise.reject(new Error('not now'));
    const pages: number[][] = [];
    let after = null as Awaited<ReturnType<typeof settleOverdue>>['next'];
    do {
      const page = await settleOverdue({ graceMs: 0, limit: 2, after }, store.overdue, notNow, () => {});
      pages.push(page.sessions.map(({ sessionId: id }) => id));
      after = page.next;
    } while (after !== null);

    expect(pages).toEqual([[1, 2], [3]]);
  });

  test('goes on where one session cannot be settled, and reports that one', async () => {
    const { executor, store, setClock } = await threeSessions();
    setClock(t('30:00'));
    const failures: string[] = [];
    const execute: typeof executor.execute = (kind, command) =>
      'sessionId' in command && command.sessionId === sessionId(2)
        ? Promise.reject(new Error('broken'))
        : executor.execute(kind, command);

    const { sessions } = await settleOverdue(
      { graceMs: 0, limit: 10, after: null },
      store.overdue,
      execute,
      (id, error) => failures.push(`${id} ${String(error)}`),
    );

    expect(sessions.map(({ sessionId: id, next }) => [id, next.kind])).toEqual([
      [1, 'again'],
      [2, 'failed'],
      [3, 'again'],
    ]);
    expect(failures).toEqual(['2 Error: broken']);
  });
});
