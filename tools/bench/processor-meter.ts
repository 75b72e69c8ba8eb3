import { processorTimeUs } from './processor-time.ts';

/** Process ids by the name of the part that they are; children count with their parent. */
export type Parts = Readonly<Record<string, number>>;

export interface ProcessorMeter {
  /** Microseconds that each part used since the start, for each of so many operations. */
  readonly perOperation: (operations: number) => Promise<Readonly<Record<string, number>>>;
}

/** The processes' own accounting (proc(5)), which other work on the machine hardly changes. */
export async function startProcessorMeter(parts: Parts): Promise<ProcessorMeter> {
  const before = await usedBy(parts);
  return {
    perOperation: async (operations) => {
      const after = await usedBy(parts);
      return Object.fromEntries(
        Object.entries(after).map(([part, us]) => [part, (us - (before[part] ?? 0)) / operations]),
      );
    },
  };
}

async function usedBy(parts: Parts): Promise<Record<string, number>> {
  const used = Object.entries(parts).map(async ([part, pid]) => [part, await processorTimeUs(pid)] as const);
  return Object.fromEntries(await Promise.all(used));
}
