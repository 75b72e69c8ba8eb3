/** Where what waits to be sent survives the app, apart by user: `localStorage`, AsyncStorage, or the app's own. */
import { type Outbox, waiting } from './outbox.ts';
import type { Report } from './problem.ts';

export interface Storage {
  getItem(key: string): string | null | undefined | Promise<string | null | undefined>;
  setItem(key: string, value: string): unknown;
  removeItem(key: string): unknown;
}

export interface OutboxStore {
  /** What waits; nothing where it cannot be read. */
  readonly load: () => Promise<Outbox>;
  /** Resolves when this, and what was saved before it, is written or has failed. Never rejects. */
  readonly save: (outbox: Outbox) => Promise<unknown>;
}

export function openOutboxStore(storage: Storage, key: string, report: Report): OutboxStore {
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other: of two writes under way, the earlier could win. */
  const inTurn = <Result>(work: () => Result | Promise<Result>): Promise<Result | undefined> => {
    const done = last.then(work).catch((cause: unknown) => {
      report({ code: 'storage_failed', cause });
      return undefined;
    });
    last = done;
    return done;
  };

  return {
    load: async () => (await inTurn(async () => parsed((await storage.getItem(key)) ?? '[]'))) ?? [],
    save: (outbox) => {
      const left = waiting(outbox);
      return inTurn(() =>
        left.length > 0 ? storage.setItem(key, JSON.stringify(left)) : storage.removeItem(key),
      );
    },
  };
}

const parsed = (stored: string): Outbox => JSON.parse(stored);
