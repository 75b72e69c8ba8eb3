import { createBell } from './bell.ts';
import type { Hand } from './hand.ts';
import type { Taken } from './scripts/take.ts';

export interface ShardLoopOptions {
  /** At most so many; 0 only asks. */
  readonly take: (places: number) => Promise<Taken>;
  readonly hand: Hand;
  /** The most to take at once: one shard must not fill the hand before the others had their turn. */
  readonly most: () => number;
  /** Begins a look at each; the queue was asked and has answered. Returns how many places they use. */
  readonly handOver: (taken: Taken) => number;
  /** What was taken while the loop was being closed: it is for others. */
  readonly handBack: (taken: Taken) => void;
  /** Whether the results of looks have to wait for Redis. */
  readonly isBehind: () => boolean;
  readonly failed: (error: unknown) => void;
}

export interface ShardLoop {
  /** Asks at once: the connection is back. */
  readonly wake: () => void;
  /** Takes nothing more, and resolves when the last answer is there. Safe to repeat. */
  readonly close: () => Promise<void>;
}

/** What others arm with a short delay is found by asking so often; what is known is slept for exactly. */
const pollMs = 250;

/** Alarms that are due within so short a time go together; the more they are, the longer, for a batch costs more than an alarm. */
const gatherMs = (taken: number): number => 2 * Math.min(3, Math.max(1, taken));

const retryMs = 250;

/** A full hand still asks the queue so often: a loop without room must not be taken for one that hangs. */
const fullMs = 1_000;

/** How long a hand that is nearly full waits for more room, so that alarms are not taken one by one. */
const nearlyFullMs = 20;

/** Takes what is due of one shard, again and again, and sleeps exactly until the next alarm is due. */
export function startShardLoop(options: ShardLoopOptions): ShardLoop {
  const { hand } = options;
  const bell = createBell();
  const closing = new AbortController();
  let isShortOfRoom = false;
  const ignoreRoom = hand.onRoom(() => {
    if (isShortOfRoom) bell.ring();
  });

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      const places = options.isBehind() ? 0 : hand.reserve(options.most());
      const taken = await takeOrFail(places);
      if (!closing.signal.aborted) await (taken === null ? bell.sleep(retryMs) : rest(places, taken));
    }
  }

  async function takeOrFail(places: number): Promise<Taken | null> {
    let used = 0;
    try {
      const taken = await options.take(places);
      if (closing.signal.aborted) options.handBack(taken);
      else used = options.handOver(taken);
      return taken;
    } catch (error) {
      if (!closing.signal.aborted) options.failed(error);
      return null;
    } finally {
      hand.giveBack(places - used);
    }
  }

  async function rest(places: number, taken: Taken): Promise<void> {
    const isMoreDue = taken.ids.length === places || taken.nextDueMs === 0;
    if (!isMoreDue)
      return bell.sleep(Math.min(pollMs, Math.max(gatherMs(taken.ids.length), taken.nextDueMs ?? pollMs)));
    if (places > 0 && hand.free() >= hand.capacity / 4) return;
    isShortOfRoom = true;
    await bell.sleep(hand.free() === 0 ? fullMs : nearlyFullMs);
    isShortOfRoom = false;
  }

  const running = run().finally(ignoreRoom);
  return {
    wake: bell.ring,
    close: () => {
      closing.abort();
      bell.ring();
      return running;
    },
  };
}
