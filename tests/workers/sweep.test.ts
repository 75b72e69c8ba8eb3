import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sessionId } from '../../src/billing/ids.ts';
import { instant } from '../../src/billing/time.ts';
import type { Alarm } from '../../src/sessions/alarms.ts';
import { startSweep, type Sweep, type SweepOptions, type SweepRound } from '../../workers/sweep.ts';
import type { SettleOverdue, SweepPage } from '../../src/sessions/sweep.ts';

type Next = SweepPage['sessions'][number]['next'];

const did = { charged: [], refunded: [], ended: null };
const over: Next = { kind: 'over', did };
const failed: Next = { kind: 'failed' };
const again = (delayMs: number): Next => ({ kind: 'again', at: instant(delayMs), delayMs, did });

const pageFrom = (index: number) => ({ sessionId: sessionId(index), nextDeadlineAt: instant(index) });

/** Pages of overdue sessions as the database would give them, the same in every round. */
function overdue(...pages: (readonly (readonly [session: number, next: Next])[])[]) {
  const asked: Parameters<SettleOverdue>[0][] = [];
  const settleOverdue: SettleOverdue = async (request) => {
    asked.push(request);
    const index = request.after?.sessionId ?? 0;
    const sessions = (pages[index] ?? []).map(([session, next]) => ({ sessionId: sessionId(session), next }));
    return { sessions, next: index + 1 < pages.length ? pageFrom(index + 1) : null };
  };
  return { asked, settleOverdue };
}

describe('the sweep', () => {
  let sweep: Sweep | null = null;
  let armed: Alarm[] = [];
  let rounds: SweepRound[] = [];
  let errors: unknown[] = [];

  beforeEach(() => {
    vi.useFakeTimers();
    armed = [];
    rounds = [];
    errors = [];
  });
  afterEach(async () => {
    const closing = sweep?.close();
    await vi.advanceTimersByTimeAsync(60_000);
    await closing;
    vi.useRealTimers();
  });

  function start(options: Pick<SweepOptions, 'settleOverdue'> & Partial<SweepOptions>): Sweep {
    sweep = startSweep({
      arm: async (alarms) => void armed.push(...alarms),
      onRound: (round) => rounds.push(round),
      onError: (error) => errors.push(error),
      ...options,
    });
    return sweep;
  }

  const firstRound = () => vi.advanceTimersByTimeAsync(0);

  it('begins at once, at the first page, with its grace and its limit', async () => {
    const { asked, settleOverdue } = overdue([]);
    start({ settleOverdue, graceMs: 1_500, limit: 50 });
    await firstRound();
    expect(asked).toStrictEqual([{ graceMs: 1_500, limit: 50, after: null }]);
  });

  it('goes from page to page until there is none, then rests', async () => {
    const { asked, settleOverdue } = overdue([[1, over]], [[2, over]], [[3, over]]);
    start({ settleOverdue });
    await firstRound();
    expect(asked.map(({ after }) => after)).toStrictEqual([null, pageFrom(1), pageFrom(2)]);
    expect(rounds).toMatchObject([{ pages: 3, sessions: 3, failed: 0 }]);
    await vi.advanceTimersByTimeAsync(3_900);
    expect(rounds).toHaveLength(1);
  });

  it('comes back after its interval, give or take a fifth, for as long as it runs', async () => {
    const { settleOverdue } = overdue([]);
    start({ settleOverdue, intervalMs: 5_000 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(rounds.length).toBeGreaterThanOrEqual(1 + 60_000 / 6_000);
    expect(rounds.length).toBeLessThanOrEqual(1 + 60_000 / 4_000);
  });

  it('arms the sessions that live on, and no other', async () => {
    const { settleOverdue } = overdue([
      [1, over],
      [2, again(60_000)],
      [3, failed],
      [4, again(5)],
    ]);
    start({ settleOverdue });
    await firstRound();
    expect(armed).toStrictEqual([
      { sessionId: 2, at: 60_000 },
      { sessionId: 4, at: 5 },
    ]);
  });

  it('is not kept from the next pages by a session that cannot be settled', async () => {
    const { settleOverdue } = overdue([[1, failed]], [[2, failed]], [[3, again(60_000)]]);
    start({ settleOverdue });
    await firstRound();
    expect(armed).toStrictEqual([{ sessionId: 3, at: 60_000 }]);
    expect(rounds).toMatchObject([{ pages: 3, sessions: 3, failed: 2 }]);
  });

  it('settles all pages even if the queue is away, and asks the queue once per round', async () => {
    const { asked, settleOverdue } = overdue([[1, again(60_000)]], [[2, again(60_000)]], [[3, over]]);
    const arm = vi.fn(() => Promise.reject(new Error('no queue')));
    start({ settleOverdue, arm });
    await firstRound();
    expect(asked).toHaveLength(3);
    expect(arm).toHaveBeenCalledTimes(1);
    expect(errors).toMatchObject([{ cause: new Error('no queue') }]);
    expect(rounds).toHaveLength(1);
  });

  it('goes on with the next round after one that broke off', async () => {
    const { settleOverdue } = overdue([[1, over]]);
    let calls = 0;
    start({
      settleOverdue: (page) => {
        calls += 1;
        return calls === 1 ? Promise.reject(new Error('no database')) : settleOverdue(page);
      },
    });
    await firstRound();
    expect(errors).toStrictEqual([new Error('no database')]);
    expect(rounds).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(rounds).toHaveLength(1);
  });

  it('never runs twice at a time, however long a round takes', async () => {
    let running = 0;
    let most = 0;
    start({
      intervalMs: 1_000,
      settleOverdue: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 30_000));
        running -= 1;
        return { sessions: [], next: null };
      },
    });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(rounds.length).toBeGreaterThan(1);
    expect(most).toBe(1);
  });

  it('ends a round of endless pages at its limit', async () => {
    const { asked, settleOverdue } = overdue(...Array.from({ length: 100 }, () => [[1, failed]] as const));
    start({ settleOverdue, maxPages: 10 });
    await firstRound();
    expect(asked).toHaveLength(10);
    expect(rounds).toMatchObject([{ pages: 10 }]);
  });

  it('closes when the page under way is done, and begins no other', async () => {
    const { asked, settleOverdue } = overdue([[1, again(60_000)]], [[2, over]]);
    const release = Promise.withResolvers<void>();
    const running = start({
      settleOverdue: async (request) => {
        await release.promise;
        return settleOverdue(request);
      },
    });
    let isClosed = false;
    const closing = running.close().then(() => (isClosed = true));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(isClosed).toBe(false);
    release.resolve();
    await closing;
    expect(asked).toHaveLength(1);
    expect(armed).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(1);
  });

  it('closes at once while it rests', async () => {
    const { settleOverdue } = overdue([]);
    const running = start({ settleOverdue });
    await firstRound();
    await running.close();
    await running.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
