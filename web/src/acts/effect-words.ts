import type { Static } from 'typebox';
import type { effectSchema } from '../../../src/http/answers/effect.ts';
import { unitWords } from '../parts/words.ts';

/** What an act would do, as the engine says it, in sentences. */

type Answer = Static<typeof effectSchema>;

/** Of the preview, what is told. */
export interface Effect {
  readonly due_anyway: Pick<Answer['due_anyway'], 'units'>;
  readonly adds: Pick<Answer['adds'], 'units'>;
  readonly grants: readonly Answer['grants'][number][];
  readonly session: Pick<NonNullable<Answer['session']>, 'session_id' | 'units_after'> | null;
  readonly other_sessions: readonly Answer['other_sessions'][number][];
}

/** Of giving back, taking back and adjusting. `clock` gives the time of day of an instant. */
export function grantSentences(effect: Effect, clock: (instant: string) => string): readonly string[] {
  return [
    ...effect.grants.flatMap(({ grant_id, before, after, usable }) => [
      `Grant ${grant_id} goes from ${before} to ${unitWords(after)}.`,
      ...(usable || after <= before
        ? []
        : [`Grant ${grant_id} has expired: the patient cannot use this unit. Adjust another grant instead.`]),
    ]),
    ...effect.other_sessions.flatMap(({ session_id, funded_until_before, funded_until }) =>
      funded_until === null || funded_until === funded_until_before
        ? []
        : [`Session ${session_id} can go on until ${clock(funded_until)}.`],
    ),
  ];
}

/** Of ending a session. */
export function endSentences({ due_anyway, adds, session }: Effect): readonly string[] {
  const all = session?.units_after ?? due_anyway.units + adds.units;
  return [
    ...dueSentences(due_anyway.units),
    adds.units > 0
      ? `Ending now takes ${adds.units} more: ${all} in all.`
      : `Ending now costs nothing more: ${all} in all.`,
    'This cannot be undone.',
  ];
}

function dueSentences(units: number): readonly string[] {
  if (units === 0) return [];
  const verb = Math.abs(units) === 1 ? 'is' : 'are';
  return units > 0
    ? [`${unitWords(units)} ${verb} due anyway.`]
    : [`${unitWords(-units)} ${verb} given back anyway.`];
}
