import { castStory } from '../../tools/demo/casting.ts';
import type { Casting } from '../../tools/demo/casting.ts';
import type { LedgerEntry } from '../../tools/demo/clinic.ts';
import { instantOf } from '../../tools/demo/compare.ts';
import type { Found } from '../../tools/demo/compare.ts';
import type { Story } from '../../tools/demo/story.ts';

/** When the session of every example starts. */
export const START_MS = Date.parse('2026-11-01T09:00:00.000Z');

/** The instants of a story that was played to the millisecond. */
export function instantsOf(story: Story, startMs = START_MS): Map<string, number> {
  return new Map([
    ['bought', startMs - 200],
    ['start', startMs],
    ...story.acts.map(({ name, atMs }): [string, number] => [name, startMs + atMs]),
  ]);
}

/** What a product without fault would answer, each entry written 5 ms after it was due. */
export function faultless(story: Story, casting: Casting = castStory(story, 1)): Found {
  const instants = instantsOf(story);
  const { rules } = story;
  return {
    ledger: rules.ledger.map(({ grant, due, ...entry }): LedgerEntry => {
      const dueMs = instantOf(due, instants);
      return { ...entry, grantId: casting.grantIds[grant], dueMs, recordedMs: dueMs + 5 };
    }),
    status: {
      is_ended: true,
      ended_at: new Date(instantOf(rules.end.due, instants)).toISOString(),
      end_reason: rules.end.reason,
      sessions_used: rules.unitsUsed,
      remaining_sessions: rules.unitsLeft,
    },
  };
}
