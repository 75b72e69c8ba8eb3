import { Type } from 'typebox';
import { type Difference, topicOf } from '../../audit/difference.ts';
import type { AuditRun } from '../../audit/nightly.ts';
import type { OnDemandAudit } from '../../audit/on-demand.ts';
import { rfc3339, rfc3339OrNull } from '../rfc3339.ts';
import { id, instant, nullable, oneOf } from '../schemas.ts';

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

const differenceSchema = Type.Object({
  kind: oneOf(...Object.keys(KINDS).filter(isKind)),
  what: Type.String({ description: 'The same in a few words, for people' }),
  patient_id: id,
  session_id: nullable(id),
  grant_id: nullable(id),
  entry_id: nullable(id),
  event_no: nullable(Type.Integer()),
  column: nullable(Type.String({ description: 'What of the row differs' })),
  expected: Type.String({ description: 'What the rules demand' }),
  found: Type.String({ description: 'What is stored' }),
});

const differenceJson = (difference: Difference): Type.Static<typeof differenceSchema> => ({
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

const auditCounts = {
  accounts: Type.Integer(),
  sessions: Type.Integer({ description: 'Of the period, and those still active' }),
  ledger_entries: Type.Integer(),
  events: Type.Integer(),
  differences: Type.Integer(),
};

const countsJson = ({ accounts, sessions, entries, events, differences }: AuditRun['counts']) => ({
  accounts,
  sessions,
  ledger_entries: entries,
  events,
  differences,
});

export const auditSchema = Type.Object({
  ...auditCounts,
  drift: Type.Array(differenceSchema),
  has_more: Type.Boolean({ description: 'There are more differences than are shown here' }),
});

export const auditJson = ({
  summary,
  differences,
}: Extract<OnDemandAudit, { kind: 'audited' }>): Type.Static<typeof auditSchema> => ({
  ...countsJson(summary),
  drift: differences.map(differenceJson),
  has_more: summary.differences > differences.length,
});

export const auditRunSchema = Type.Object({
  night: Type.String({ format: 'date', description: 'The day on which it was due' }),
  started_at: instant,
  finished_at: nullable(instant),
  since: nullable(instant),
  until: instant,
  ...auditCounts,
  drift: Type.Array(differenceSchema),
  acknowledged: nullable(
    Type.Object(
      { at: instant, by: id, note: Type.String() },
      { description: 'Who acknowledged what it found; null: nobody' },
    ),
  ),
});

export const auditRunJson = (run: AuditRun): Type.Static<typeof auditRunSchema> => ({
  night: run.night,
  started_at: rfc3339(run.startedAt),
  finished_at: rfc3339OrNull(run.finishedAt),
  since: rfc3339OrNull(run.since),
  until: rfc3339(run.until),
  ...countsJson(run.counts),
  drift: run.differences.map(differenceJson),
  acknowledged:
    run.acknowledged === null
      ? null
      : { at: rfc3339(run.acknowledged.at), by: run.acknowledged.by, note: run.acknowledged.note },
});
