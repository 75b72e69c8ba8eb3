/** One of the threads of run-seeds.ts. Its clocks lie, each thread's by something else. */
import { parentPort, threadId } from 'node:worker_threads';
import type { Failure } from './check/judge.ts';
import { makePlan } from './plan/make-plan.ts';
import { skewClocks } from './world/skewed-clocks.ts';
import { simulate } from './world/simulate.ts';

export interface Chunk {
  readonly from: number;
  readonly seeds: number;
}

export interface ChunkDone {
  readonly seeds: number;
  readonly failed: { readonly seed: number; readonly failure: Failure } | null;
  readonly counts: ReadonlyMap<string, number>;
}

async function runChunk({ from, seeds }: Chunk): Promise<ChunkDone> {
  const counts = new Map<string, number>();
  for (let seed = from; seed < from + seeds; seed += 1) {
    const result = await simulate(makePlan(seed));
    for (const [what, count] of result.counts) counts.set(what, (counts.get(what) ?? 0) + count);
    if (result.failure !== null)
      return { seeds: seed - from + 1, failed: { seed, failure: result.failure }, counts };
  }
  return { seeds, failed: null, counts };
}

const HOUR_MS = 3_600_000;
skewClocks(threadId % 2 === 0 ? HOUR_MS : -HOUR_MS);
async function answer(chunk: Chunk): Promise<void> {
  const done = await runChunk(chunk);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(done);
}
parentPort?.on('message', (chunk: Chunk) => void answer(chunk));
