import { wholeNumber } from './event-data.ts';
import type { Policy } from './reference-model/naive-types.ts';

/**
 * The policy that a `started` event holds, in the model's words; null where it holds none that can be read.
 * It is stored in milliseconds, and the model's policies are in seconds.
 */
export function policyOf(stored: unknown): Policy | null {
  const intervalMs = wholeNumber(stored, 'intervalMs');
  const firstActivityMs = wholeNumber(stored, 'firstActivityMs');
  const endGraceMs = wholeNumber(stored, 'endGraceMs');
  if (intervalMs === null || firstActivityMs === null || endGraceMs === null) return null;
  return {
    intervalSeconds: intervalMs / 1000,
    firstActivitySeconds: firstActivityMs / 1000,
    noActivityUnits: wholeNumber(stored, 'noActivityUnits') === 0 ? 0 : 1,
    endGraceSeconds: endGraceMs / 1000,
    idleSeconds: secondsOrOff(stored, 'idleMs'),
    doctorResponseSeconds: secondsOrOff(stored, 'doctorResponseMs'),
    maxDurationSeconds: secondsOrOff(stored, 'maxDurationMs'),
  };
}

function secondsOrOff(stored: unknown, name: string): number | null {
  const ms = wholeNumber(stored, name);
  return ms === null ? null : ms / 1000;
}
