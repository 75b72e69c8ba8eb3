import { readFile } from 'node:fs/promises';

/** Megabytes of memory that the process has in hand (VmRSS of proc(5)), whatever its heap says of itself. */
export async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kilobytes === undefined) throw new Error(`process ${pid} has no memory: has it ended?`);
  return Number(kilobytes) / 1024;
}

export interface MemorySample {
  /** Since the first sample. */
  readonly seconds: number;
  /** By the name of the process. */
  readonly mb: Readonly<Record<string, number>>;
}

export interface MemoryWatch {
  /** The samples so far. @throws where a process ended while it was watched. */
  readonly samples: () => Promise<readonly MemorySample[]>;
  readonly stop: () => void;
}

/** Looks at the processes once a second. */
export function watchMemory(pids: Readonly<Record<string, number>>): MemoryWatch {
  const samples: MemorySample[] = [];
  const start = performance.now();
  const take = async (): Promise<void> => {
    const seconds = (performance.now() - start) / 1000;
    const read = Object.entries(pids).map(async ([name, pid]) => [name, await residentMb(pid)] as const);
    samples.push({ seconds, mb: Object.fromEntries(await Promise.all(read)) });
  };
  let failure: { readonly error: unknown } | null = null;
  const takeNext = (): Promise<void> =>
    take().catch((error: unknown) => {
      failure ??= { error };
    });
  let last = takeNext();
  const clock = setInterval(() => {
    last = last.then(takeNext);
  }, 1000);
  return {
    samples: async () => {
      await last;
      if (failure !== null) throw new Error('the memory could not be watched to the end', { cause: failure });
      return samples;
    },
    stop: () => clearInterval(clock),
  };
}
