/**
 * Group commit, as a shape: what arrives while a batch is being carried out waits for the next one. There is no
 * timer, so a lone item goes at once; under load the batches grow by themselves. Another batch may start beside the
 * one under way, so that the caller's side and the database's work at the same time, but only if it is worth its way.
 */
export interface Gatherer<Item> {
  /** Takes the item, or refuses it where `limit` items wait already. */
  readonly add: (item: Item) => boolean;
  /** Resolves when nothing waits and nothing is being carried out. */
  readonly drained: () => Promise<void>;
}

export interface GatherLimits {
  readonly maxBatchSize: number;
  /**
   * How many items have to wait for a batch to start while none, one, two … are under way: `[1]` is one batch at a
   * time, `[1, 24]` a second beside it if it is worth its way, and never a third.
   */
  readonly startsAt: readonly number[];
  /** How many items may wait. */
  readonly limit: number;
}

export interface GatherOptions<Item> extends GatherLimits {
  /** Carries out one batch. Must not reject: each item learns its own fate in it. */
  readonly carryOut: (batch: readonly Item[]) => Promise<void>;
}

export function gather<Item>(options: GatherOptions<Item>): Gatherer<Item> {
  let waiting: Item[] = [];
  let underWay = 0;
  let isStarting = false;
  let idle: (() => void)[] = [];

  /** One microtask later, so that the items of one turn of the event loop go together. */
  function startSoon(): void {
    if (isStarting) return;
    isStarting = true;
    queueMicrotask(() => {
      isStarting = false;
      start();
    });
  }
  function start(): void {
    while (waiting.length >= (options.startsAt[underWay] ?? Number.POSITIVE_INFINITY)) {
      const batch = waiting.slice(0, options.maxBatchSize);
      waiting = waiting.slice(options.maxBatchSize);
      underWay += 1;
      void options.carryOut(batch).finally(finish);
    }
  }
  function finish(): void {
    underWay -= 1;
    start();
    if (underWay > 0 || waiting.length > 0) return;
    const toldIdle = idle;
    idle = [];
    for (const tell of toldIdle) tell();
  }

  return {
    add: (item) => {
      if (waiting.length >= options.limit) return false;
      waiting.push(item);
      startSoon();
      return true;
    },
    drained: () =>
      underWay === 0 && waiting.length === 0
        ? Promise.resolve()
        : new Promise((resolve) => idle.push(resolve)),
  };
}
