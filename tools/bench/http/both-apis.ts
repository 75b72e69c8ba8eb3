import type { Program } from '../../kit/product-program.ts';
import { untilReady } from '../../kit/product-program.ts';
import { LIVE_SESSIONS } from '../activities.ts';
import { fillWithSessions } from '../clinic-data.ts';
import type { Rig } from '../rig.ts';

/** As many connections as all HTTP experiments and pgbench have. */
export const CLIENTS = 64;

/** No block ends while a round lasts: what a deduction costs is measured apart. */
const HOUR_MS = 3_600_000;

/** The product's API over live sessions, and the same API over an engine that does nothing. */
export async function withBothApis<Result>(
  rig: Rig,
  use: (api: Program, bare: Program) => Promise<Result>,
): Promise<Result> {
  await fillWithSessions(rig.sql, LIVE_SESSIONS, HOUR_MS);
  const api = await rig.start('src/server.ts');
  const bare = await rig.start('bench/idle-api.ts');
  try {
    await Promise.all([untilReady(api), untilReady(bare)]);
    return await use(api, bare);
  } finally {
    await Promise.all([api.stop(), bare.stop()]);
  }
}

/** @throws where the program has not started. */
export function pidOf({ child }: Program): number {
  if (child.pid === undefined) throw new Error('the program did not start');
  return child.pid;
}
