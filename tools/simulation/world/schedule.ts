/** The simulated time: what is to happen when, one thing after the other. Nothing waits for real. */
import { after, type Instant } from '../../../src/billing/time.ts';

export interface Schedule {
  readonly now: () => Instant;
  /** Things at one instant happen in the order in which they were asked for. */
  readonly at: (at: Instant, happen: () => void) => void;
  readonly in: (delayMs: number, happen: () => void) => void;
  readonly pause: (delayMs: number) => Promise<void>;
  /** Lets everything up to `until` happen, each thing with all that follows from it at once. `isOver` stops it. */
  readonly runUntil: (until: Instant, isOver: () => boolean) => Promise<void>;
}

interface Due {
  readonly at: Instant;
  readonly order: number;
  readonly happen: () => void;
}

export function createSchedule(beginning: Instant): Schedule {
  const heap: Due[] = [];
  let now = beginning;
  let order = 0;
  const at: Schedule['at'] = (instant, happen) => {
    order += 1;
    push(heap, { at: instant > now ? instant : now, order, happen });
  };
  const later: Schedule['in'] = (delayMs, happen) => at(after(now, Math.ceil(delayMs)), happen);
  return {
    now: () => now,
    at,
    in: later,
    pause: (delayMs) => new Promise((resolve) => later(delayMs, resolve)),
    runUntil: async (until, isOver) => {
      for (let next = heap[0]; next !== undefined && next.at <= until; next = heap[0]) {
        pop(heap);
        now = next.at;
        next.happen();
        await allThatFollows();
        if (isOver()) return;
      }
      now = until;
    },
  };
}

/** Every promise that can settle by itself has settled when the next turn of the event loop begins. */
const allThatFollows = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const isBefore = (a: Due, b: Due): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

function push(heap: Due[], due: Due): void {
  let index = heap.length;
  heap.push(due);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !isBefore(due, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = due;
}

function pop(heap: Due[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const left = heap[2 * index + 1];
    const right = heap[2 * index + 2];
    const isRight = left !== undefined && right !== undefined && isBefore(right, left);
    const child = isRight ? right : left;
    if (child === undefined || !isBefore(child, last)) break;
    heap[index] = child;
    index = 2 * index + (isRight ? 2 : 1);
  }
  heap[index] = last;
}
