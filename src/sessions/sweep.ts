import type { SessionId } from '../billing/ids.ts';
import type { SettleOutcome } from './commands.ts';
import type { Executor } from './executor.ts';
import type { OverduePage, OverdueSession, Store } from './store.ts';

/** Settles the sessions whose deadline passed more than `graceMs` ago: one page of at most `limit`. */
export type SettleOverdue = (page: OverduePage) => Promise<SweepPage>;

export interface SweepPage {
  readonly sessions: readonly SweptSession[];
  /** Where the next page begins; null where this was the last. */
  readonly next: OverdueSession | null;
}

export interface SweptSession {
  readonly sessionId: SessionId;
  /** `failed`: this session could not be settled and stays overdue. The others of its page are settled all the same. */
  readonly next: SettleOutcome | { readonly kind: 'failed' };
}

/** Settles one page, each session by a command of its own. */
export async function settleOverdue(
  page: OverduePage,
  overdue: Store['overdue'],
  execute: Executor['execute'],
  onFailure: (sessionId: SessionId, error: unknown) => void,
): Promise<SweepPage> {
  const found = await overdue(page);
  const sessions = await Promise.all(
    found.map(async ({ sessionId }): Promise<SweptSession> => {
      try {
        return { sessionId, next: await execute('settle', { sessionId }) };
      } catch (error) {
        onFailure(sessionId, error);
        return { sessionId, next: { kind: 'failed' } };
      }
    }),
  );
  return { sessions, next: found.length < page.limit ? null : (found.at(-1) ?? null) };
}
