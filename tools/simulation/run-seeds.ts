/** Runs seeds in two threads, and adds up what they met. */
import { Worker } from 'node:worker_threads';
import type { Failure } from './check/judge.ts';
import type { Chunk, ChunkDone } from './seed-thread.ts';

export interface SeedsDone {
  readonly seeds: number;
  /** The lowest of the failing seeds that were met; null where none was. */
  readonly failed: { readonly seed: number; readonly failure: Failure } | null;
  readonly counts: ReadonlyMap<string, number>;
}

const THREADS = 2;
const CHUNK = 50;
/** A thousand times what it usually takes: then something of the engine runs round in a circle. */
const CHUNK_TIMEOUT_MS = 120_000;

const neverEnded = ({ from, seeds }: Chunk): string =>
  `one of the seeds ${from} to ${from + seeds - 1} never ends: try them with npm run simulate -- --seed ${from}, and so on`;

export async function runSeeds(
  from: number,
  seeds: number,
  onProgress: (seedsDone: number) => void,
): Promise<SeedsDone> {
  const counts = new Map<string, number>();
  let next = from;
  let done = 0;
  let failed: SeedsDone['failed'] = null;

  const nextChunk = (): Chunk | null => {
    if (failed !== null || next >= from + seeds) return null;
    const chunk = { from: next, seeds: Math.min(CHUNK, from + seeds - next) };
    next += chunk.seeds;
    return chunk;
  };
  const takeUp = (chunk: ChunkDone): void => {
    done += chunk.seeds;
    for (const [what, count] of chunk.counts) counts.set(what, (counts.get(what) ?? 0) + count);
    if (chunk.failed !== null && (failed === null || chunk.failed.seed < failed.seed)) failed = chunk.failed;
    onProgress(done);
  };
  await Promise.all(Array.from({ length: THREADS }, () => inThread(nextChunk, takeUp)));
  return { seeds: done, failed, counts };
}

/** One thread, chunk after chunk. */
function inThread(nextChunk: () => Chunk | null, takeUp: (done: ChunkDone) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./seed-thread.ts', import.meta.url));
    let timer: NodeJS.Timeout | undefined;
    const goOn = (): void => {
      clearTimeout(timer);
      const chunk = nextChunk();
      if (chunk === null) {
        void thread.terminate().then(() => resolve(), reject);
        return;
      }
      timer = setTimeout(() => {
        void thread.terminate();
        reject(new Error(neverEnded(chunk)));
      }, CHUNK_TIMEOUT_MS);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      thread.postMessage(chunk);
    };
    thread.on('message', (done: ChunkDone) => {
      takeUp(done);
      goOn();
    });
    thread.on('error', reject);
    goOn();
  });
}
