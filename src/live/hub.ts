import type { AppointmentId } from '../billing/ids.ts';
import { sleep } from '../async/sleep.ts';
import type { Mark } from '../sessions/feed.ts';
import { WAKE_REASONS, type WakeReason, type Wakes } from '../sessions/wakes.ts';

/** Why a follower should read again. */
export type Wake =
  | { readonly kind: WakeReason }
  /** By the comparison with the database: how many events there are, and whether the account has changed. */
  | { readonly kind: 'compared'; readonly eventNo: number; readonly isAccountChanged: boolean };

/** Who follows what in this process. */
export interface Hub {
  /** `onWake` is called whenever something of the appointment may have changed, until the answer is called. */
  readonly watch: (appointmentId: AppointmentId, onWake: (wake: Wake) => void) => () => void;
  readonly wake: (wakes: Wakes) => void;
  /** After a time in which wakes may have been lost. */
  readonly compareNow: () => void;
  readonly close: () => Promise<void>;
}

interface Topic {
  readonly watchers: Set<(wake: Wake) => void>;
  /** As of the last comparison; null before the first. */
  accountMark: string | null;
  compareAtMs: number;
}

/** How long a change may go unnoticed while the bus is away. */
const COMPARE_EVERY_MS = 10_000;
const COMPARED_AT_ONCE = 500;
/** How often in that time it asks which appointments are due. */
const CHECKS_EACH = 20;

/**
 * Every ten seconds it compares the log and the account of each followed appointment with what it saw last, so a bus that
 * is away or loses something makes followers late and nothing else. Each appointment has its own second, at random: else
 * followers who came together, as after a restart, would ask for their state together, and callers would wait behind
 * them.
 */
export function createHub(options: {
  readonly marks: (appointments: readonly AppointmentId[]) => Promise<ReadonlyMap<AppointmentId, Mark>>;
  readonly onError: (error: unknown) => void;
  readonly compareEveryMs?: number;
}): Hub {
  const { marks, onError, compareEveryMs = COMPARE_EVERY_MS } = options;
  const topics = new Map<AppointmentId, Topic>();
  const closing = new AbortController();
  let cut = new AbortController();

  async function compareDue(): Promise<void> {
    const nowMs = performance.now();
    const due = [...topics].filter(([, { compareAtMs }]) => compareAtMs <= nowMs);
    for (const [, topic] of due) topic.compareAtMs = nowMs + compareEveryMs;
    for (let from = 0; from < due.length; from += COMPARED_AT_ONCE) {
      const found = await marks(due.slice(from, from + COMPARED_AT_ONCE).map(([id]) => id));
      for (const [appointmentId, mark] of found) notify(topics.get(appointmentId), mark);
    }
  }

  async function compareForEver(): Promise<void> {
    while (!closing.signal.aborted) {
      await sleep(compareEveryMs / CHECKS_EACH, AbortSignal.any([closing.signal, cut.signal]));
      cut = new AbortController();
      if (!closing.signal.aborted) await compareDue().catch(onError);
    }
  }

  const comparing = compareForEver();
  return {
    watch: (appointmentId, onWake) => {
      const topic = topics.get(appointmentId) ?? {
        watchers: new Set(),
        accountMark: null,
        compareAtMs: performance.now() + Math.random() * compareEveryMs,
      };
      topics.set(appointmentId, topic);
      topic.watchers.add(onWake);
      return () => {
        topic.watchers.delete(onWake);
        if (topic.watchers.size === 0 && topics.get(appointmentId) === topic) topics.delete(appointmentId);
      };
    },
    wake: (wakes) => {
      for (const kind of WAKE_REASONS)
        for (const id of wakes[kind]) for (const onWake of topics.get(id)?.watchers ?? []) onWake({ kind });
    },
    compareNow: () => {
      for (const topic of topics.values()) topic.compareAtMs = 0;
      cut.abort();
    },
    close: async () => {
      closing.abort();
      await comparing;
    },
  };
}

function notify(topic: Topic | undefined, { eventNo, account }: Mark): void {
  if (topic === undefined) return;
  // Before the first comparison it is not known what the followers have seen, so they read again.
  const isAccountChanged = topic.accountMark !== account;
  topic.accountMark = account;
  for (const onWake of topic.watchers) onWake({ kind: 'compared', eventNo, isAccountChanged });
}
