import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { percentile } from './percentile.ts';

export interface FsyncRate {
  readonly perSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

const PAGE = Buffer.alloc(8_192, 1);

/**
 * How often a second this disk can take a page for certain: 8 kB written and fdatasync'ed, one after the other, over a
 * file of 16 MB that is there already, as PostgreSQL does with its log. It is the ceiling of commits that wait for nobody.
 */
export async function measureFsyncRate(directory: string, seconds: number): Promise<FsyncRate> {
  const path = join(directory, 'bench-fsync');
  const file = await open(path, 'w');
  try {
    const size = 2_048 * PAGE.length;
    await file.write(Buffer.alloc(size));
    await file.sync();
    const took: number[] = [];
    const start = performance.now();
    for (let at = 0; performance.now() - start < seconds * 1000; at = (at + PAGE.length) % size) {
      const before = performance.now();
      await file.write(PAGE, 0, PAGE.length, at);
      await file.datasync();
      took.push((performance.now() - before) * 1000);
    }
    const lasted = (performance.now() - start) / 1000;
    const sorted = took.sort((a, b) => a - b);
    return {
      perSecond: sorted.length / lasted,
      p50Us: percentile(sorted, 0.5),
      p99Us: percentile(sorted, 0.99),
    };
  } finally {
    await file.close();
    await rm(path);
  }
}
