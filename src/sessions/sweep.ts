import { sessionId, type SessionId } from '../billing/ids.ts';
import { instant } from '../billing/time.ts';
import type { NextLook } from './commands.ts';
import type { Executor } from './executor.ts';
import type { OverdueSession, Store } from './store.ts';

/** A session that the sweep looked at. `failed`: it stays overdue, and no other session has to suffer for it. */
export interface SweptSession {
  readonly sessionId: SessionId;
  readonly next: NextLook | { readonly kind: 'failed' };
}

export interface SweptPage {
  readonly sessions: readonly SweptSession[];
  /** Where the next page begins, in a form that nobody else reads; null where this was the last. */
  readonly next: string | null;
}

/** Settles one page of overdue sessions through the executor, each on its own. */
export async function settleOverdue(
  page: { readonly graceMs: number; readonly limit: number; readonly after: string | null },
  overdue: Store['overdue'],
  execute: Executor['execute'],
  onFailure: (sessionId: SessionId, error: unknown) => void,
): Promise<SweptPage> {
  const found = await overdue({ ...page, after: page.after === null ? null : parseCursor(page.after) });
  const sessions = await Promise.all(
    found.map(async ({ sessionId: id }): Promise<SweptSession> => {
      try {
        return { sessionId: id, next: await execute('settle', { sessionId: id }) };
      } catch (error) {
        onFailure(id, error);
        return { sessionId: id, next: { kind: 'failed' } };
      }
    }),
  );
  const last = found.at(-1);
  return { sessions, next: found.length < page.limit || last === undefined ? null : cursorOf(last) };
}

const cursorOf = ({ nextDeadlineAt, sessionId: id }: OverdueSession): string => `${nextDeadlineAt}_${id}`;

function parseCursor(cursor: string): OverdueSession {
  const [deadline, id] = cursor.split('_').map(Number);
  return { nextDeadlineAt: instant(deadline ?? Number.NaN), sessionId: sessionId(id ?? Number.NaN) };
}
