/**
 * When each loop of the consumer last asked the queue and got an answer. A loop that does not turn looks like a
 * quiet night from outside: this is how to tell them apart.
 */
export interface Turns {
  /** There is such a loop from now on. One that was known already goes on where it was. */
  readonly begin: (loop: string) => void;
  readonly done: (loop: string) => void;
  /** There is no such loop any more. */
  readonly end: (loop: string) => void;
  /** Since the last turn of the loop that is furthest behind. */
  readonly oldestMs: () => number;
}

export function createTurns(): Turns {
  const createdAtMs = performance.now();
  const doneAtMs = new Map<string, number>();
  return {
    begin: (loop) => {
      if (!doneAtMs.has(loop)) doneAtMs.set(loop, performance.now());
    },
    done: (loop) => void doneAtMs.set(loop, performance.now()),
    end: (loop) => void doneAtMs.delete(loop),
    oldestMs: () => performance.now() - (doneAtMs.size === 0 ? createdAtMs : Math.min(...doneAtMs.values())),
  };
}
