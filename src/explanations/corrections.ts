import type { ReceiptEntry } from '../sessions/receipt.ts';
import { blockNo } from './course.ts';
import { because, type Audience, whoDid } from './explanation.ts';

/** Sentences about units that were bought, given back or corrected (R14, R15). */

/** A refund by an administrator; where it was taken back since, that too. */
export function givenBack(entry: ReceiptEntry, audience: Audience): string {
  const { actor, effectiveAt, note, takenBack } = entry;
  const at = audience.at(effectiveAt);
  const gave = `${whoDid(actor, audience)} gave the unit of block ${blockNo(entry)} back at ${at}`;
  const sentence = gave + because(note, audience);
  if (takenBack === null) return sentence;
  const took = `${whoDid(takenBack.actor, audience)} took it back at ${audience.at(takenBack.effectiveAt)}`;
  return `${sentence} ${took}${because(takenBack.note, audience)}`;
}

export function unitsCorrected(entry: ReceiptEntry, audience: Audience): string {
  const { actor, effectiveAt, grantId, units, note, takesBack } = entry;
  const at = audience.at(effectiveAt);
  const who = whoDid(actor, audience);
  const did =
    takesBack !== null
      ? `took back the unit that entry ${takesBack} had given to grant ${grantId}`
      : units < 0
        ? `took ${counted(-units)} from grant ${grantId}`
        : `added ${counted(units)} to grant ${grantId}`;
  return `${who} ${did} at ${at}${because(note, audience)}`;
}

export const bought = ({ units, grantId, effectiveAt }: ReceiptEntry, { at }: Audience): string =>
  `${counted(units)} ${units === 1 ? 'was' : 'were'} bought as grant ${grantId} at ${at(effectiveAt)}.`;

/** Another total was put by the clinic's system. */
export function boughtAnew({ actor, units, grantId, effectiveAt }: ReceiptEntry, audience: Audience): string {
  const difference = `${counted(Math.abs(units))} ${units < 0 ? 'fewer' : 'more'}`;
  const who = whoDid(actor, audience);
  return `${who} changed what was bought as grant ${grantId} at ${audience.at(effectiveAt)}: ${difference}.`;
}

export function validityChanged({ actor, grantId, effectiveAt }: ReceiptEntry, audience: Audience): string {
  const who = whoDid(actor, audience);
  const at = audience.at(effectiveAt);
  return `${who} changed the time in which grant ${grantId} is valid at ${at}; its units stayed the same.`;
}

const counted = (units: number): string => `${units} ${units === 1 ? 'unit' : 'units'}`;
