/** Counts work that is under way, so that a close can wait for its end. */
export interface InFlight {
  readonly count: () => number;
  /** Counts `work` until it settles. Returns the same promise. */
  readonly track: <T>(work: Promise<T>) => Promise<T>;
  /** Resolves when nothing is under way any more, at once where nothing is. Never rejects. */
  readonly idle: () => Promise<void>;
}

export function createInFlight(): InFlight {
  let count = 0;
  let waiting: (() => void)[] = [];
  const ended = (): void => {
    count -= 1;
    if (count > 0) return;
    const resolved = waiting;
    waiting = [];
    for (const resolve of resolved) resolve();
  };
  return {
    count: () => count,
    track: (work) => {
      count += 1;
      work.then(ended, ended);
      return work;
    },
    idle: () =>
      count === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.push(resolve);
          }),
  };
}
