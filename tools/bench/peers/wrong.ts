import type { ChargeFlaws } from '../lateness/charges.ts';
import type { Contestant } from './contestant.ts';
import { ours } from './ours.ts';

/**
 * What a ledger has wrong, in words; null where nothing.
 * @throws where it is the product's: its figures count only if they are exact.
 */
export function wrongInWords(contestant: Contestant, { lost, doubled, untrue }: ChargeFlaws): string | null {
  if (lost + doubled + untrue === 0) return null;
  const words = [
    lost === 0 ? '' : `${lost} sessions still due`,
    doubled === 0 ? '' : `${doubled} sessions whose charges are not what their row says`,
    untrue === 0 ? '' : `${untrue} balances that are not the sum of their entries`,
  ].filter((one) => one !== '');
  if (contestant === ours) throw new Error(`our own ledger is not exact: ${words.join(', ')}`);
  return words.join(', ');
}
