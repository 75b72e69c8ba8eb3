import { untilReady } from '../../kit/product-program.ts';
import { armAll } from '../arm-all.ts';
import type { Contestant } from './contestant.ts';

/** The product, by the same measures as its peers. */
export const ours: Contestant = {
  name: 'ours',
  about: 'the product: its own API and worker programs',
  api: 'src/server.ts',
  worker: 'workers/worker.ts',
  untilWorks: untilReady,
  prepare: () => Promise.resolve(),
  arm: armAll,
  lateByDesignMs: 0,
};
