import { createInFlight } from '../async/in-flight.ts';
import { StoreUnavailable } from './store.ts';

/**
 * Group commit: what arrives while a batch is under way waits for the next one. There is no timer, so a lone item goes at
 * once, and batches grow with the load. A further batch starts beside those under way once enough items wait for it.
 */
export interface Batcher<Item> {
  /** Takes the item, or returns false where `limit` items wait already. */
  readonly add: (item: Item) => boolean;
  /** Resolves when nothing waits and no batch is under way. */
  readonly idle: () => Promise<void>;
}

export interface BatcherLimits {
  readonly maxBatchSize: number;
  /**
   * How many items have to wait for a batch to start while none, one, two … are under way: `[1]` is one batch at a
   * time, `[1, 24]` a second one from 24 items on, and never a third.
   */
  readonly startsAt: readonly [1, ...number[]];
  /** How many items may wait. */
  readonly limit: number;
}

export interface BatcherOptions<Item> extends BatcherLimits {
  /** Carries out one batch and answers each of its items. Must not reject. */
  readonly carryOut: (batch: readonly Item[]) => Promise<void>;
}

export function createBatcher<Item>(options: BatcherOptions<Item>): Batcher<Item> {
  const underWay = createInFlight();
  let waiting: Item[] = [];
  let isStarting = false;

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
    while (waiting.length >= (options.startsAt[underWay.count()] ?? Number.POSITIVE_INFINITY)) {
      const batch = waiting.slice(0, options.maxBatchSize);
      waiting = waiting.slice(options.maxBatchSize);
      void underWay.track(options.carryOut(batch)).finally(start);
    }
  }

  return {
    add: (item) => {
      if (waiting.length >= options.limit) return false;
      waiting.push(item);
      startSoon();
      return true;
    },
    idle: async () => {
      while (waiting.length > 0 || underWay.count() > 0) await underWay.idle();
    },
  };
}

/** Of questions that are asked one by one. A second reading starts only from 24 waiting: small ones cost more each. */
export const READ_LIMITS: BatcherLimits = { maxBatchSize: 64, startsAt: [1, 24], limit: 20_000 };

/**
 * Questions that are asked at the same time share one reading. `read` answers with how to answer each of them, which may
 * throw for one alone. The asker rejects with StoreUnavailable where too many wait already.
 */
export function createAsker<Question, Answer>(
  limits: BatcherLimits,
  read: (questions: readonly Question[]) => Promise<(question: Question) => Answer>,
): (question: Question) => Promise<Answer> {
  interface Asked {
    readonly question: Question;
    readonly resolve: (answer: Answer) => void;
    readonly reject: (error: unknown) => void;
  }

  const waiting = createBatcher<Asked>({
    ...limits,
    carryOut: async (batch) => {
      try {
        const answer = await read(batch.map(({ question }) => question));
        for (const { question, resolve, reject } of batch)
          try {
            resolve(answer(question));
          } catch (error) {
            reject(error);
          }
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    },
  });
  return (question) =>
    new Promise((resolve, reject) => {
      const isTaken = waiting.add({ question, resolve, reject });
      if (!isTaken) reject(new StoreUnavailable('too many readers are waiting for the database'));
    });
}
