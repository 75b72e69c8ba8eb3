/** Reads sentences back: takes the figures out of each and compares them with the rows that it is about. */
import type { Session } from '../../src/billing/account.ts';
import type { EntryKind, EntryReason } from '../../src/billing/ledger.ts';
import type { Explanation } from '../../src/explanations/explanation.ts';
import type { StoredEntry } from '../../tools/kit/memory-database/tables.ts';

const TIME = String.raw`\d\d:\d\d:\d\d`;
const LENGTH = String.raw`\d+ (?:d|h|min|s)(?: \d+ (?:h|min|s))*`;
const ENDED = `^(?<who>The patient|The doctor|User \\d+) ended the session at (?<at>${TIME})`;
const CORRECTED = '^(?<who>User \\d+)';
const NOTE = ': "(?<note>.*?)"\\.';

/** What a sentence of each reason says. A figure is a group, and its name is the name of a fact. */
const SENTENCES: Readonly<
  Record<EntryReason, readonly [rule: string, ofKind: Partial<Record<EntryKind, string>>]>
> = {
  interval: [
    'R3',
    {
      charge: `^Block (?<block>\\d+), (?<from>${TIME}) to (?<until>${TIME}), was complete, so the unit held for it was taken from grant (?<grant>\\d+)\\.`,
    },
  ],
  manual_end: [
    'R6',
    { charge: `${ENDED}, (?<into>${LENGTH}) into block (?<block>\\d+), so that block was charged\\.` },
  ],
  admin_end: ['R6', { charge: `${ENDED} and chose to charge the block in progress${NOTE}` }],
  no_activity: [
    'R5',
    {
      charge: `^Nobody wrote in the first (?<first>${LENGTH}), so the session ended at (?<at>${TIME}) and (?<taken>1) unit was charged\\.`,
    },
  ],
  idle_timeout: [
    'R8',
    {
      charge: `^Nobody wrote for (?<idle>${LENGTH}) after (?<last>${TIME}), so the session ended at (?<at>${TIME}); somebody had written in block (?<block>\\d+), so it was charged\\.`,
    },
  ],
  max_duration: [
    'R10',
    {
      charge: `^The session reached its longest time of (?<longest>${LENGTH}) at (?<at>${TIME}), inside block (?<block>\\d+), so that block was charged\\.`,
    },
  ],
  doctor_no_response: [
    'R9',
    {
      refund: `^The doctor did not answer within (?<silent>${LENGTH}), so every unit of this session was given back\\.`,
    },
  ],
  correction: [
    'R15',
    {
      refund: `${CORRECTED} gave the unit of block (?<block>\\d+) back at (?<at>${TIME})${NOTE}`,
      adjustment: `${CORRECTED} (?:(?<added>added)|took) (?<units>\\d+) units? (?:to|from) grant (?<grant>\\d+) at (?<at>${TIME})${NOTE}`,
    },
  ],
  subscription: [
    'R14',
    {
      grant: `^(?<units>\\d+) (?:unit was|units were) bought as grant (?<grant>\\d+) at (?<at>${TIME})\\.`,
      adjustment: `${CORRECTED} changed what was bought as grant (?<grant>\\d+) at (?<at>${TIME}): (?<units>\\d+) units? (?:(?<added>more)|fewer)\\.`,
    },
  ],
  validity_changed: [
    'R14',
    {
      adjustment: `${CORRECTED} changed the time in which grant (?<grant>\\d+) is valid at (?<at>${TIME}); its units stayed the same\\.`,
    },
  ],
};

const LATE = `(?: It was written (?<late>${LENGTH}) after it was due; the amount is the same\\.)?$`;

/** What the rows say, as the sentences would. `session`: where the entry is of one. */
function factsOf({ entry, actor, note, recordedAt }: StoredEntry, session: Session | null) {
  const { startedAt, policy, lastActivityAt } = session ?? {
    startedAt: 0,
    policy: null,
    lastActivityAt: null,
  };
  const blockStartedAt = startedAt + ((entry.intervalNo ?? 0) - 1) * (policy?.intervalMs ?? 0);
  const lateMs = recordedAt - entry.effectiveAt;
  return {
    block: String(entry.intervalNo),
    from: timeOf(blockStartedAt),
    until: timeOf(blockStartedAt + (policy?.intervalMs ?? 0)),
    at: timeOf(entry.effectiveAt),
    grant: String(entry.grantId),
    who: actor.role === 'admin' ? `User ${actor.id}` : `The ${actor.role}`,
    note: String(note),
    taken: String(-entry.units),
    units: String(Math.abs(entry.units)),
    added: entry.units < 0 ? 'less' : 'more',
    last: timeOf(lastActivityAt ?? startedAt),
    into: lengthOf(entry.effectiveAt - blockStartedAt),
    first: lengthOf(policy?.firstActivityMs),
    idle: lengthOf(policy?.idleMs),
    longest: lengthOf(policy?.maxDurationMs),
    silent: lengthOf(policy?.doctorResponseMs),
    late: lateMs > 2_000 ? lengthOf(lateMs) : 'not',
  };
}

type Fact = keyof ReturnType<typeof factsOf>;
const LENGTHS: ReadonlySet<string> = new Set(['into', 'first', 'idle', 'longest', 'silent', 'late']);
const isFact = (name: string, facts: object): name is Fact => name in facts;

export const timeOf = (ms: number): string => new Date(ms).toISOString().slice(11, 19);
const lengthOf = (ms: number | null | undefined): string => `${Math.floor((ms ?? 0) / 1000)} seconds`;

const SECONDS_IN: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, min: 60, s: 1 };

/** `4 min 10 s` as `250 seconds`. */
const readLength = (words: string): string => {
  const parts = [...words.matchAll(/(\d+) (d|h|min|s)/g)];
  return `${parts.reduce((sum, [, count, unit]) => sum + Number(count) * (SECONDS_IN[unit ?? ''] ?? 0), 0)} seconds`;
};

/** What does not agree, in words; null where everything does. */
export function disagreement(
  row: StoredEntry,
  session: Session | null,
  { rule, sentence }: Explanation,
): string | null {
  const { kind, reason } = row.entry;
  const [expectedRule, ofKind] = SENTENCES[reason];
  if (rule !== expectedRule) return `a ${reason} is of ${expectedRule}, not of ${rule}`;
  const groups = new RegExp((ofKind[kind] ?? 'nothing') + LATE).exec(sentence)?.groups;
  if (groups === undefined) return `a ${kind} with ${reason} does not say: ${sentence}`;
  const facts = factsOf(row, session);
  for (const [name, told] of Object.entries(groups)) {
    if (!isFact(name, facts)) return `nobody knows what ${name} is`;
    const read = readFigure(name, told);
    if (read !== facts[name]) return `${name} is ${facts[name]} and not ${read}: ${sentence}`;
  }
  return null;
}

/** A group that is not there says something, too. */
function readFigure(name: Fact, told: string | undefined): string {
  if (name === 'added') return told === undefined ? 'less' : 'more';
  if (told === undefined) return 'not';
  return LENGTHS.has(name) ? readLength(told) : told;
}
