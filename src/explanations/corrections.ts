import type { ReceiptEntry } from '../sessions/receipt.ts';
import { blockNo } from './course.ts';
import { because, type Telling, whoDid } from './explanation.ts';

/** Sentences about units that were bought, given back or corrected (R14, R15). */

/** A refund by an administrator; where it was taken back since, that too. */
export function givenBack(entry: ReceiptEntry, telling: Telling): string {
  const { actor, effectiveAt, note, takenBack } = entry;
  const at = telling.at(effectiveAt);
  const gave = `${whoDid(actor, telling)} gave the unit of block ${blockNo(entry)} back at ${at}`;
  const sentence = gave + because(note, telling);
  if (takenBack === null) return sentence;
  const took = `${whoDid(takenBack.actor, telling)} took it back at ${telling.at(takenBack.effectiveAt)}`;
  return `${sentence} ${took}${because(takenBack.note, telling)}`;
}

export function unitsCorrected(entry: ReceiptEntry, telling: Telling): string {
  const { actor, effectiveAt, grantId, units, note, takesBack } = entry;
  const at = telling.at(effectiveAt);
  const who = whoDid(actor, telling);
  const did =
    takesBack !== null
      ? `took back the unit that entry ${takesBack} had given to grant ${grantId}`
      : units < 0
        ? `took ${counted(-units)} from grant ${grantId}`
        : `added ${counted(units)} to grant ${grantId}`;
  return `${who} ${did} at ${at}${because(note, telling)}`;
}

export const bought = ({ units, grantId, effectiveAt }: ReceiptEntry, { at }: Telling): string =>
  `${counted(units)} ${units === 1 ? 'was' : 'were'} bought as grant ${grantId} at ${at(effectiveAt)}.`;

/** Another total was put by the clinic's system. */
export function boughtAnew({ actor, units, grantId, effectiveAt }: ReceiptEntry, telling: Telling): string {
  const difference = `${counted(Math.abs(units))} ${units < 0 ? 'fewer' : 'more'}`;
  const who = whoDid(actor, telling);
  return `${who} changed what was bought as grant ${grantId} at ${telling.at(effectiveAt)}: ${difference}.`;
}

export function validityChanged({ actor, grantId, effectiveAt }: ReceiptEntry, telling: Telling): string {
  const who = whoDid(actor, telling);
  const at = telling.at(effectiveAt);
  return `${who} changed the time in which grant ${grantId} is valid at ${at}; its units stayed the same.`;
}

const counted = (units: number): string => `${units} ${units === 1 ? 'unit' : 'units'}`;
