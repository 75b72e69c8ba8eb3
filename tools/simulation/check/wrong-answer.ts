/** What is wrong with the answer to a committed command, in words; null where nothing is. */
import type { Instant } from '../../../src/billing/time.ts';
import type { SessionView } from '../../../src/sessions/view.ts';
import type { Note } from '../world/watch.ts';
import type { Books } from './books.ts';
import { difference } from './difference.ts';
import type { Expected } from './expect.ts';
import { factsOf } from './present.ts';

export function wrongAnswer(
  { kind, outcome }: Note,
  expected: Expected,
  now: Instant,
  books: Books,
): string | null {
  const answer = outcome.kind === 'refused' ? outcome.code : outcome.kind;
  if (answer !== expected.answer) return `${kind} was answered ${answer}, and ${expected.answer} is right`;
  if (outcome.kind === 'again' && outcome.delayMs !== expected.delayMs)
    return `the next look was to be in ${outcome.delayMs} ms, and ${expected.delayMs} ms is right`;
  const { patient, session } = expected;
  if (!('session' in outcome) || outcome.session === undefined || patient === null || session === null)
    return null;
  return difference(
    viewOf(outcome.session),
    viewTold(patient, session, now, books),
    `the session in the answer`,
  );
}

const viewOf = ({ session, remainingUnits, availableUnits }: SessionView) => ({
  ...factsOf(session),
  remainingUnits,
  availableUnits,
});

function viewTold(patient: number, session: number, now: Instant, books: Books) {
  const { sessions, grants } = books.script(patient).told(now);
  let remainingUnits = 0;
  let heldUnits = 0;
  for (const [id, { remaining, held }] of Object.entries(grants)) {
    const known = books.grants.get(Number(id));
    if (known === undefined || now < known.startsAt || (known.expiresAt !== null && now >= known.expiresAt))
      continue;
    remainingUnits += remaining;
    heldUnits += held;
  }
  const figures = sessions[session];
  if (figures === undefined) return { remainingUnits, availableUnits: remainingUnits - heldUnits };
  const { lowBalanceAt: _said, ...facts } = figures;
  return { ...facts, remainingUnits, availableUnits: remainingUnits - heldUnits };
}
