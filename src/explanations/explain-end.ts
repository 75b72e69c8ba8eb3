import type { EndedSession } from '../billing/account.ts';
import { blockStart } from '../billing/blocks.ts';
import { elapsedMs } from '../billing/time.ts';
import type { Ending, ReceiptBlock } from '../sessions/receipt.ts';
import {
  type Course,
  doctorWasSilent,
  intoBlock,
  nobodyWrote,
  nobodyWroteFor,
  reachedLongest,
  spanOfBlock,
} from './course.ts';
import { duration } from './duration.ts';
import { because, type Explanation, type Audience, whoDid } from './explanation.ts';

/** What ended a session without a charge. `blocks` are all that it entered. */
export function explainFreeEnd(
  session: EndedSession,
  { actor, note }: Ending,
  blocks: readonly ReceiptBlock[],
  audience: Audience,
): Explanation {
  const { endedAt } = session;
  const last = blocks.at(-1);
  const released = last?.state === 'released' ? last : null;
  const atBoundary = `as block ${blocks.length} was complete`;
  const ended = `${whoDid(actor, audience)} ended the session at ${audience.at(endedAt)}`;
  switch (session.endReason) {
    case 'manual_end': {
      const how =
        released === null
          ? `${atBoundary}, so nothing more was charged`
          : `${withinGrace(session, released)}, so that block cost nothing`;
      return { rule: 'R6', sentence: `${ended}, ${how}.` };
    }
    case 'admin_end': {
      const chose = `${ended} and chose not to charge the block in progress`;
      return { rule: 'R6', sentence: chose + because(note, audience) };
    }
    case 'no_activity':
      return { rule: 'R5', sentence: `${nobodyWrote(session, endedAt, audience)} and nothing was charged.` };
    case 'idle_timeout': {
      const silence = nobodyWroteFor(session, endedAt, audience);
      const how =
        released === null
          ? `, ${atBoundary}, and nothing more was charged`
          : `; nobody had written in block ${released.intervalNo}, so it cost nothing`;
      return { rule: 'R8', sentence: `${silence}${how}.` };
    }
    case 'doctor_no_response': {
      const silence = doctorWasSilent(session);
      return {
        rule: 'R9',
        sentence: `${silence}, so the session ended at ${audience.at(endedAt)} and cost nothing.`,
      };
    }
    case 'max_duration': {
      const reached = reachedLongest(session, endedAt, audience);
      return { rule: 'R10', sentence: `${reached}, ${atBoundary}, so nothing more was charged.` };
    }
    case 'balance_exhausted': {
      const none = `At ${audience.at(endedAt)} no unit was left for block ${blocks.length + 1}`;
      return { rule: 'R4', sentence: `${none}, so the session ended there without a further charge.` };
    }
  }
}

function withinGrace(session: EndedSession, { intervalNo }: ReceiptBlock): string {
  const { endedAt, policy } = session;
  const isJustBegun = elapsedMs(blockStart(session, intervalNo - 1), endedAt) === 0;
  if (isJustBegun) return `as block ${intervalNo} began`;
  return `${intoBlock(session, intervalNo, endedAt)}, within the grace of ${duration(policy.endGraceMs)}`;
}

/** A block that was in progress at the end, and cost nothing. */
export function explainReleased(
  { intervalNo }: ReceiptBlock,
  session: EndedSession,
  { actor }: Ending,
  audience: Audience,
): Explanation {
  const freeBy = (rule: Explanation['rule'], why: string): Explanation => ({
    rule,
    sentence: `Block ${intervalNo} was in progress at the end and cost nothing${why}.`,
  });
  switch (session.endReason) {
    case 'manual_end':
      return freeBy(
        'R6',
        session.policy.endGraceMs === 0
          ? ': it had just begun'
          : `: within the grace of ${duration(session.policy.endGraceMs)}`,
      );
    case 'admin_end': {
      const who = whoDid(actor, audience);
      return freeBy('R6', `: ${who.charAt(0).toLowerCase()}${who.slice(1)} chose so`);
    }
    case 'no_activity':
      return freeBy('R5', ': nobody wrote in it');
    case 'idle_timeout':
      return freeBy('R8', ': nobody wrote in it');
    case 'doctor_no_response':
      return freeBy('R9', ': the doctor did not answer (R9)');
    // R10 charges a block in progress, and R4 enters none.
    case 'max_duration':
      return freeBy('R10', '');
    case 'balance_exhausted':
      return freeBy('R4', '');
  }
}

/** A block that is in progress. */
export function explainHeld(
  { intervalNo, grantId }: ReceiptBlock,
  course: Course,
  audience: Audience,
): Explanation {
  const span = spanOfBlock(course, intervalNo, audience);
  return {
    rule: 'R3',
    sentence: `Block ${intervalNo}, ${span}, is in progress: a unit of grant ${grantId} is held for it.`,
  };
}
