/** Which answers are backed by something in the store. */
import type { Note } from '../world/watch.ts';

export interface Receipts {
  readonly committed: (note: Note) => void;
  readonly touched: (activity: Activity) => void;
  /** Whether what a caller was told is in the store. */
  readonly cover: (answer: object) => boolean;
}

interface Activity {
  readonly sessionId: unknown;
  readonly lastActivityAt: unknown;
}

export function openReceipts(): Receipts {
  const committed = new WeakSet<object>();
  /** Activities, by session and instant. */
  const activities = new Set<string>();
  const nameOf = ({ sessionId, lastActivityAt }: Activity) =>
    `${String(sessionId)} ${String(lastActivityAt)}`;
  return {
    committed: ({ outcome }) => {
      committed.add(outcome);
      if ('lastActivityAt' in outcome) activities.add(nameOf(outcome));
    },
    touched: (activity) => activities.add(nameOf(activity)),
    cover: (answer) =>
      'lastActivityAt' in answer && 'sessionId' in answer
        ? activities.has(nameOf(answer))
        : committed.has(answer),
  };
}
