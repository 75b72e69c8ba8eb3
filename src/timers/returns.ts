/** Alarms on their way back into the queue: what looks that end together found goes together, a batch for each shard. */
export interface Returns<Entry> {
  readonly add: (shard: number, entry: Entry) => void;
  /** How many are waiting or under way. */
  readonly size: () => number;
  /** Resolves when none is, however it ended. */
  readonly settled: () => Promise<void>;
}

/** `send` must not reject. */
export function createReturns<Entry>(
  send: (shard: number, entries: readonly Entry[]) => Promise<void>,
  maxBatch: number,
): Returns<Entry> {
  let waiting = new Map<number, Entry[]>();
  let size = 0;
  let settled = Promise.withResolvers<void>();

  async function sendBatch(shard: number, entries: readonly Entry[]): Promise<void> {
    await send(shard, entries);
    size -= entries.length;
    if (size > 0) return;
    settled.resolve();
    settled = Promise.withResolvers();
  }

  function flush(): void {
    const batches = waiting;
    waiting = new Map();
    for (const [shard, entries] of batches)
      for (let from = 0; from < entries.length; from += maxBatch)
        void sendBatch(shard, entries.slice(from, from + maxBatch));
  }

  return {
    add: (shard, entry) => {
      size += 1;
      // At the end of this turn of the event loop, in which a whole batch of looks may end.
      if (waiting.size === 0) setImmediate(flush);
      const entries = waiting.get(shard);
      if (entries === undefined) waiting.set(shard, [entry]);
      else entries.push(entry);
    },
    size: () => size,
    settled: () => (size === 0 ? Promise.resolve() : settled.promise),
  };
}
