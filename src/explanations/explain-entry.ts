import type { ReceiptEntry } from '../sessions/receipt.ts';
import { bought, boughtAnew, givenBack, unitsCorrected, validityChanged } from './corrections.ts';
import {
  blockNo,
  type Course,
  doctorWasSilent,
  intoBlock,
  nobodyWrote,
  nobodyWroteFor,
  reachedLongest,
  spanOfBlock,
} from './course.ts';
import { because, type Explanation, type Audience, whoDid } from './explanation.ts';

/** Why a unit was taken, given back, bought or corrected. `lateness` adds whether it was written late. */
export function explainEntry(entry: ReceiptEntry, course: Course, audience: Audience): Explanation {
  const { grantId, effectiveAt, note } = entry;
  switch (entry.reason) {
    case 'interval': {
      const block = blockNo(entry);
      const complete = `Block ${block}, ${spanOfBlock(course, block, audience)}, was complete`;
      const taken = `so the unit held for it was taken from grant ${grantId}`;
      return { rule: 'R3', sentence: `${complete}, ${taken}.` };
    }
    case 'manual_end': {
      const into = intoBlock(course, blockNo(entry), effectiveAt);
      return {
        rule: 'R6',
        sentence: `${endedBy(entry, audience)}, ${into}, so that block was charged.`,
      };
    }
    case 'admin_end': {
      const chose = `${endedBy(entry, audience)} and chose to charge the block in progress`;
      return { rule: 'R6', sentence: chose + because(note, audience) };
    }
    case 'no_activity': {
      const silence = nobodyWrote(course, effectiveAt, audience);
      return { rule: 'R5', sentence: `${silence} and 1 unit was charged.` };
    }
    case 'idle_timeout': {
      const silence = nobodyWroteFor(course, effectiveAt, audience);
      const wrote = `somebody had written in block ${blockNo(entry)}, so it was charged`;
      return { rule: 'R8', sentence: `${silence}; ${wrote}.` };
    }
    case 'max_duration': {
      const reached = reachedLongest(course, effectiveAt, audience);
      return {
        rule: 'R10',
        sentence: `${reached}, inside block ${blockNo(entry)}, so that block was charged.`,
      };
    }
    case 'doctor_no_response': {
      const givenBackAll = 'so every unit of this session was given back';
      return { rule: 'R9', sentence: `${doctorWasSilent(course)}, ${givenBackAll}.` };
    }
    case 'correction': {
      const sentence = entry.kind === 'refund' ? givenBack(entry, audience) : unitsCorrected(entry, audience);
      return { rule: 'R15', sentence };
    }
    case 'subscription': {
      const sentence = entry.kind === 'grant' ? bought(entry, audience) : boughtAnew(entry, audience);
      return { rule: 'R14', sentence };
    }
    case 'validity_changed':
      return { rule: 'R14', sentence: validityChanged(entry, audience) };
  }
}

const endedBy = ({ actor, effectiveAt }: ReceiptEntry, audience: Audience): string =>
  `${whoDid(actor, audience)} ended the session at ${audience.at(effectiveAt)}`;
