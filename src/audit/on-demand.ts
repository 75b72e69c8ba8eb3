import { audit, type AuditRequest, type PageSize, type ReadAuditPage } from './audit.ts';
import type { AuditSummary, Difference } from './difference.ts';

/** An audit in a request. */
export type OnDemandAudit =
  | {
      readonly kind: 'audited';
      readonly summary: AuditSummary;
      /** The first of them. */
      readonly differences: readonly Difference[];
    }
  /** It would take, or took, too long: ask for a shorter period, or use `npm run audit`. */
  | { readonly kind: 'too_large' }
  /** Another one is under way in this process. */
  | { readonly kind: 'busy' };

export const ON_DEMAND_LIMITS = { sessions: 2_000, differences: 1_000, timeMs: 5_000 } as const;

const ON_DEMAND_PAGE: PageSize = { accounts: 50, events: 4_000 };

export interface OnDemandOptions {
  readonly readPage: ReadAuditPage;
  /** How many sessions a request speaks of; counts no further than to the limit. */
  readonly countSessions: (request: AuditRequest, limit: number) => Promise<number>;
  readonly yieldToEventLoop: () => Promise<void>;
  /** Milliseconds of a clock that only counts up. */
  readonly nowMs: () => number;
}

/** One at a time in a process, of a bounded number of sessions, within a bounded time. */
export function onDemand(options: OnDemandOptions): (request: AuditRequest) => Promise<OnDemandAudit> {
  let isBusy = false;
  return async (request) => {
    if (isBusy) return { kind: 'busy' };
    isBusy = true;
    try {
      return await auditWithin(request, options);
    } finally {
      isBusy = false;
    }
  };
}

async function auditWithin(request: AuditRequest, options: OnDemandOptions): Promise<OnDemandAudit> {
  const { readPage, countSessions, yieldToEventLoop, nowMs } = options;
  const endsAtMs = nowMs() + ON_DEMAND_LIMITS.timeMs;
  const sessions = await countSessions(request, ON_DEMAND_LIMITS.sessions + 1);
  if (sessions > ON_DEMAND_LIMITS.sessions) return { kind: 'too_large' };
  const differences: Difference[] = [];
  const summary = await audit({
    request,
    size: ON_DEMAND_PAGE,
    readPage,
    onDifference: (row) => {
      if (differences.length < ON_DEMAND_LIMITS.differences) differences.push(row);
    },
    yieldToEventLoop,
    goOn: () => nowMs() < endsAtMs,
  });
  return summary.isComplete ? { kind: 'audited', summary, differences } : { kind: 'too_large' };
}
