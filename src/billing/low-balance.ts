import type { ActiveSession, Grant } from './account.ts';
import { currentBlockEnd } from './blocks.ts';
import { fundedUntil } from './funded-until.ts';
import type { Instant } from './time.ts';

/**
 * R17 Low balance. Asked of a session that has just entered a block, its start included: where this block is the last
 * one that is funded, the instant at which the units will be used up, else null. A block is entered once, so this is
 * said at most once a block; after a top-up in the last block, the next last one says it again. That another session
 * takes the units of a funded block is not said.
 */
export function lowBalance(session: ActiveSession, grants: readonly Grant[]): Instant | null {
  const end = currentBlockEnd(session);
  return fundedUntil(session, grants) === end ? end : null;
}
