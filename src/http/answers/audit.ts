import { Type } from 'typebox';
import { type Difference, topicOf } from '../../audit/difference.ts';
import { id, nullable, oneOf } from '../schemas.ts';

const KINDS = {
  entry_missing: true,
  entry_not_due: true,
  entry_differs: true,
  entry_refused: true,
  balance_differs: true,
  event_missing: true,
  event_not_due: true,
  event_differs: true,
  event_refused: true,
  session_differs: true,
  grant_differs: true,
  account_unreadable: true,
} satisfies Record<Difference['kind'], true>;

const isKind = (word: string): word is Difference['kind'] => Object.hasOwn(KINDS, word);

export const differenceSchema = Type.Object({
  kind: oneOf(...Object.keys(KINDS).filter(isKind)),
  what: Type.String({ description: 'The same in a few words, for people' }),
  patient_id: id,
  session_id: nullable(id),
  grant_id: nullable(id),
  entry_id: nullable(id),
  event_no: nullable(Type.Integer()),
  column: nullable(Type.String({ description: 'What of the row differs' })),
  expected: Type.String({ description: 'As the rules have it' }),
  found: Type.String({ description: 'As it is stored' }),
});

export const differenceJson = (difference: Difference): Type.Static<typeof differenceSchema> => ({
  kind: difference.kind,
  what: topicOf(difference),
  patient_id: difference.patientId,
  session_id: difference.sessionId,
  grant_id: difference.grantId,
  entry_id: 'entryId' in difference ? difference.entryId : null,
  event_no: 'eventNo' in difference ? difference.eventNo : null,
  column: columnOf(difference),
  expected: difference.expected,
  found: difference.found,
});

function columnOf(difference: Difference): string | null {
  if ('column' in difference) return difference.column;
  if ('field' in difference) return difference.field;
  return difference.kind === 'balance_differs' ? 'balance_after' : null;
}

export const auditCounts = {
  accounts: Type.Integer(),
  sessions: Type.Integer({ description: 'Of the period, and those still active' }),
  ledger_entries: Type.Integer(),
  events: Type.Integer(),
  differences: Type.Integer(),
};

interface Counts {
  readonly accounts: number;
  readonly sessions: number;
  readonly entries: number;
  readonly events: number;
  readonly differences: number;
}

export const countsJson = ({ accounts, sessions, entries, events, differences }: Counts) => ({
  accounts,
  sessions,
  ledger_entries: entries,
  events,
  differences,
});
