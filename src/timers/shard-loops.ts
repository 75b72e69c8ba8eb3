import type { ShardLoop } from './shard-loop.ts';

/** A loop for each shard in use, no others. */
export interface ShardLoops {
  /** Begins what is missing, and ends what is too much. Call it whenever the number in use may have changed. */
  readonly match: () => void;
  /** All ask at once. */
  readonly wake: () => void;
  /** Takes nothing more, and resolves when the last answers are there. */
  readonly close: () => Promise<void>;
}

export function createShardLoops(
  inUse: () => number,
  start: (shard: number) => ShardLoop,
  ended: (shard: number) => void,
): ShardLoops {
  const loops = new Map<number, ShardLoop>();
  return {
    match: () => {
      for (let index = 0; index < inUse(); index += 1) if (!loops.has(index)) loops.set(index, start(index));
      for (const [index, loop] of loops) {
        if (index < inUse()) continue;
        loops.delete(index);
        void loop.close();
        ended(index);
      }
    },
    wake: () => loops.forEach((loop) => loop.wake()),
    close: async () => {
      await Promise.all([...loops.values()].map((loop) => loop.close()));
    },
  };
}
