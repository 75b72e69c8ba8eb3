import type { SessionId } from '../billing/ids.ts';
import type { SettleOutcome } from './commands.ts';
import type { Executor } from './executor.ts';
import type { OverdueSession, Store } from './store.ts';

/** A session that the sweep came to. `failed`: it stays overdue, and no other session has to suffer for it. */
export interface SweptSession {
  readonly session: OverdueSession;
  readonly outcome: SettleOutcome['kind'] | 'failed';
}

export interface SettledPage {
  readonly sessions: readonly SweptSession[];
  /** The last one of this page, after which the next begins; null where there is no further page. */
  readonly next: OverdueSession | null;
}

export interface SweepParts {
  readonly overdue: Store['overdue'];
  readonly execute: Executor['execute'];
  readonly onFailure: (sessionId: SessionId, error: unknown) => void;
}

/** Settles one page of overdue sessions through the executor, each on its own. Each commit arms what is due next. */
export async function settleOverdue(
  page: Parameters<Store['overdue']>[0],
  { overdue, execute, onFailure }: SweepParts,
): Promise<SettledPage> {
  const found = await overdue(page);
  const sessions = await Promise.all(
    found.map(async (session): Promise<SweptSession> => {
      try {
        const { kind } = await execute('settle', { sessionId: session.sessionId });
        return { session, outcome: kind };
      } catch (error) {
        onFailure(session.sessionId, error);
        return { session, outcome: 'failed' };
      }
    }),
  );
  return { sessions, next: found.length < page.limit ? null : (found.at(-1) ?? null) };
}

export interface SweepLimits {
  /** So that the sweep leaves to the alarms what is theirs. @default 2_000 */
  readonly graceMs?: number;
  /** Sessions per page. @default 200 */
  readonly limit?: number;
  /** Pages per round; the next round begins anew. @default 1_000 */
  readonly maxPages?: number;
}

export interface SweepRound {
  readonly pages: number;
  /** Overdue sessions found. When this stays above 0, alarms are late or lost. */
  readonly sessions: number;
  readonly failed: number;
  readonly durationMs: number;
  /** The first of those that were settled, at most a page: their alarms are late or lost. */
  readonly settled: readonly OverdueSession[];
}

/**
 * Settles what no alarm has settled in time: page after page until there is none, or
 * `closing` is aborted. It must work exactly when the queue does not, so it never asks it.
 * @throws where the database cannot be asked.
 */
export async function sweepOnce(
  parts: SweepParts,
  { graceMs = 2_000, limit = 200, maxPages = 1_000 }: SweepLimits,
  closing: AbortSignal,
): Promise<SweepRound> {
  const startMs = performance.now();
  const round = { pages: 0, sessions: 0, failed: 0 };
  let settled: readonly OverdueSession[] = [];
  let after: OverdueSession | null = null;
  do {
    const page: SettledPage = await settleOverdue({ graceMs, limit, after }, parts);
    const done = page.sessions.filter(({ outcome }) => outcome !== 'failed');
    if (round.pages === 0) settled = done.map(({ session }) => session);
    round.pages += 1;
    round.sessions += page.sessions.length;
    round.failed += page.sessions.length - done.length;
    after = page.next;
  } while (after !== null && round.pages < maxPages && !closing.aborted);
  return { ...round, durationMs: performance.now() - startMs, settled };
}
