import { Type } from 'typebox';
import { type Drift, topicOf } from '../../audit/difference.ts';
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
} satisfies Record<Drift['kind'], true>;

const isKind = (word: string): word is Drift['kind'] => Object.hasOwn(KINDS, word);

export const driftSchema = Type.Object({
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

export const driftJson = (drift: Drift): Type.Static<typeof driftSchema> => ({
  kind: drift.kind,
  what: topicOf(drift),
  patient_id: drift.patientId,
  session_id: drift.sessionId,
  grant_id: drift.grantId,
  entry_id: 'entryId' in drift ? drift.entryId : null,
  event_no: 'eventNo' in drift ? drift.eventNo : null,
  column: columnOf(drift),
  expected: drift.expected,
  found: drift.found,
});

function columnOf(drift: Drift): string | null {
  if ('column' in drift) return drift.column;
  if ('field' in drift) return drift.field;
  return drift.kind === 'balance_differs' ? 'balance_after' : null;
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
