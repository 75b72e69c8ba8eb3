import { audit, type AuditRequest, type AuditSummary, type PageSize, type ReadAuditPage } from './audit.ts';
import type { Drift } from './difference.ts';

/** An audit for somebody who waits for the answer. */
export type BriefAudit =
  | {
      readonly kind: 'audited';
      readonly summary: AuditSummary;
      /** The first of them. */
      readonly drift: readonly Drift[];
    }
  /** It would take, or took, too long: to be asked in parts, or of the command. */
  | { readonly kind: 'too_large' }
  /** Another one is under way in this process. */
  | { readonly kind: 'busy' };

export const BRIEF_LIMITS = { sessions: 2_000, drift: 1_000, timeMs: 5_000 } as const;

const BRIEF_PAGE: PageSize = { accounts: 50, events: 4_000 };

export interface BriefOptions {
  readonly readPage: ReadAuditPage;
  /** How many sessions a request speaks of; counts no further than to the limit. */
  readonly countSessions: (request: AuditRequest, limit: number) => Promise<number>;
  readonly breathe: () => Promise<void>;
  /** Milliseconds of a clock that only counts up. */
  readonly nowMs: () => number;
}

/** One at a time in a process, of a bounded number of sessions, within a bounded time. */
export function briefly(options: BriefOptions): (request: AuditRequest) => Promise<BriefAudit> {
  let isBusy = false;
  return async (request) => {
    if (isBusy) return { kind: 'busy' };
    isBusy = true;
    try {
      return await auditBriefly(request, options);
    } finally {
      isBusy = false;
    }
  };
}

async function auditBriefly(request: AuditRequest, options: BriefOptions): Promise<BriefAudit> {
  const { readPage, countSessions, breathe, nowMs } = options;
  const endsAt = nowMs() + BRIEF_LIMITS.timeMs;
  const sessions = await countSessions(request, BRIEF_LIMITS.sessions + 1);
  if (sessions > BRIEF_LIMITS.sessions) return { kind: 'too_large' };
  const drift: Drift[] = [];
  const summary = await audit({
    request,
    size: BRIEF_PAGE,
    readPage,
    onDrift: (row) => {
      if (drift.length < BRIEF_LIMITS.drift) drift.push(row);
    },
    breathe,
    goOn: () => nowMs() < endsAt,
  });
  return summary.isComplete ? { kind: 'audited', summary, drift } : { kind: 'too_large' };
}
