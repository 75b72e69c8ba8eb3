import type { AuditRun } from '../../audit/audit-runs.ts';
import type { BriefAudit } from '../../audit/brief-audit.ts';
import type { Drift } from '../../audit/drift.ts';
import { afterTheEnd, grant, minute, patient } from './examples.ts';

/** What the auditor would say of the example conversation if somebody had changed a row of it by hand. */

const drift: Drift = {
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

export const audited: Extract<BriefAudit, { kind: 'audited' }> = {
  kind: 'audited',
  summary: { ...counts, isComplete: true },
  drift: [drift],
};

export const auditRuns: readonly AuditRun[] = [
  {
    night: '2026-11-23',
    startedAt: minute(18 * 60),
    finishedAt: minute(18 * 60 + 2),
    since: minute(-6 * 60),
    until: minute(18 * 60 - 1),
    counts,
    drift: [drift],
  },
];
