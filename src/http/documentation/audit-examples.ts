import type { Difference } from '../../audit/difference.ts';
import type { AuditRun } from '../../audit/nightly.ts';
import type { OnDemandAudit } from '../../audit/on-demand.ts';
import { admin, afterTheEnd, grant, minute, patient } from './examples.ts';

/** What the auditor would find in the example conversation if a row of it had been changed by hand. */

const difference: Difference = {
  kind: 'entry_differs',
  patientId: patient,
  sessionId: afterTheEnd.session.id,
  grantId: grant.id,
  entryId: 70_002,
  field: 'effective_at',
  expected: new Date(minute(20)).toISOString(),
  found: new Date(minute(19)).toISOString(),
};

const counts = { accounts: 1, sessions: 1, entries: 5, events: 9, differences: 1 };

export const audited: Extract<OnDemandAudit, { kind: 'audited' }> = {
  kind: 'audited',
  summary: { ...counts, isComplete: true },
  differences: [difference],
};

const run: AuditRun = {
  night: '2026-11-23',
  startedAt: minute(18 * 60),
  finishedAt: minute(18 * 60 + 2),
  since: minute(-6 * 60),
  until: minute(18 * 60 - 1),
  counts,
  differences: [difference],
  acknowledged: null,
};

export const auditRuns: readonly AuditRun[] = [run];

export const acknowledgement = {
  at: minute(24 * 60),
  by: admin,
  note: 'An entry was changed by hand while the server was moved; put back, see the log of the clinic of 23 November',
};

export const acknowledgedRun: AuditRun = { ...run, acknowledged: acknowledgement };
