import { once } from 'node:events';
import type { Program } from '../../kit/product-program.ts';
import type { Rig } from '../rig.ts';

/** The servers that a contestant works on. */
export type Servers = Pick<Rig, 'databaseUrl' | 'redisUrl' | 'sql' | 'emptyRedis'>;

/** The product, or one of its peers, as the bench runs it: an API and a worker over the product's own tables. */
export interface Contestant {
  readonly name: string;
  /** What it is, in a line. */
  readonly about: string;
  /** The program that answers requests. */
  readonly api: string;
  /** The program that deducts. */
  readonly worker: string;
  /** Resolves when its worker, which was started just now, has begun to look for what is due. */
  readonly untilWorks: (worker: Program) => Promise<void>;
  /** Creates what it needs beside the product's tables. Once a run. */
  readonly prepare: (servers: Servers) => Promise<void>;
  /** Forgets all jobs and gives every active session the one that it would have by now. */
  readonly arm: (servers: Servers) => Promise<void>;
  /** The longest that a deduction is late by design; a round waits for so long. */
  readonly lateByDesignMs: number;
}

/** A peer's worker says so to whoever started it. @throws where it does not within 30 s. */
export const untilTold = async ({ child }: Program): Promise<void> => {
  await once(child, 'message', { signal: AbortSignal.timeout(30_000) });
};

/** The peer's worker tells that it has begun. */
export const tellThatItWorks = (): void => void process.send?.('works');
