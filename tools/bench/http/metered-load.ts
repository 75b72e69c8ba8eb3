import type { LoadRound } from '../load.ts';
import { type Parts, startProcessorMeter } from '../processor-meter.ts';

export interface MeteredRound extends LoadRound {
  /** Of each part and of the load generator, for each request. */
  readonly cpuUs: Readonly<Record<string, number>>;
}

/** The load, with what it cost the parts. */
export async function metered(parts: Parts, load: () => Promise<LoadRound>): Promise<MeteredRound> {
  const meter = await startProcessorMeter(parts);
  const round = await load();
  const cpuUs = await meter.perOperation(round.answered);
  return { ...round, cpuUs: { ...cpuUs, 'load generator': round.generatorCpuUs } };
}

/** `API 80 µs, PostgreSQL 40 µs`. */
export const inWords = (cpuUs: Readonly<Record<string, number>>): string =>
  Object.entries(cpuUs)
    .map(([part, us]) => `${part} ${Math.round(us)} µs`)
    .join(', ');
