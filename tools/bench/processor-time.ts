import { readdir, readFile } from 'node:fs/promises';

/**
 * Microseconds of processor time that a process and all its children have used so far, from proc(5). Children that
 * have ended count too, once their parent has taken note of it.
 */
export async function processorTimeUs(pid: number): Promise<number> {
  const processes = await allProcesses();
  const family = new Set([pid]);
  // A child is younger than its parent, and the list goes by number: but numbers wrap, so look until nobody is added.
  for (let size = 0; size < family.size;) {
    size = family.size;
    for (const one of processes) if (family.has(one.parent)) family.add(one.pid);
  }
  return processes.reduce((sum, one) => (family.has(one.pid) ? sum + one.usedUs : sum), 0);
}

interface ProcessTime {
  readonly pid: number;
  readonly parent: number;
  readonly usedUs: number;
}

async function allProcesses(): Promise<readonly ProcessTime[]> {
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(numbers.map(processTime));
  return found.filter((one) => one !== null);
}

/** Null where the process has ended meanwhile. Ticks are of 10 ms. */
async function processTime(pid: string): Promise<ProcessTime | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return {
    pid: Number(pid),
    parent: Number(fields[1]),
    // utime, stime, cutime, cstime: its own, and that of the children it has waited for.
    usedUs: fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * 10_000,
  };
}

/** Process ids by the name of the part that they are; children count with their parent. */
export type Parts = Readonly<Record<string, number>>;

export interface ProcessorMeter {
  /** Microseconds that each part used since the start, for each of that many operations. */
  readonly perOperation: (operations: number) => Promise<Readonly<Record<string, number>>>;
}

/** The processes' own accounting, which other work on the machine hardly changes. */
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
