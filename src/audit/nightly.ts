import { type PageSize, type ReadAuditPage, audit } from './audit.ts';
import type { AuditSummary, Difference } from './difference.ts';

/** One night's audit, as it is kept. */
export interface AuditRun {
  /** The day on which it was due: `2026-11-22`. */
  readonly night: string;
  readonly startedAt: number;
  /** Null while it goes on, and where nobody finished it. */
  readonly finishedAt: number | null;
  /** Ends that were written down from `since` (null = ever) until before `until` were audited. */
  readonly since: number | null;
  readonly until: number;
  readonly counts: Omit<AuditSummary, 'isComplete'>;
  /** The first of the differences. */
  readonly differences: readonly Difference[];
  /** Who acknowledged what it found; null where nobody has. */
  readonly acknowledged: Acknowledgement | null;
}

export interface Acknowledgement {
  readonly at: number;
  readonly by: number;
  readonly note: string;
}

/** The acknowledgement of what the audit of a night found. */
export interface Acknowledge extends Omit<Acknowledgement, 'at'> {
  readonly night: string;
  readonly requestId: string;
}

/** The right to audit one night. */
export interface NightClaim {
  readonly night: string;
  readonly token: string;
  readonly since: number | null;
  readonly until: number;
}

/** The port behind which the nights are kept. Of any number of workers one has the claim on a night. */
export interface AuditRuns {
  /**
   * Claims the night that began last at that hour of the day (UTC). Null where it has been audited, or another
   * worker has the claim; a claim that is not renewed for ten minutes expires.
   */
  readonly claim: (atHour: number) => Promise<NightClaim | null>;
  /** False: another worker has the claim by now. */
  readonly renew: (claim: NightClaim) => Promise<boolean>;
  readonly finish: (
    claim: NightClaim,
    counts: AuditRun['counts'],
    differences: readonly Difference[],
  ) => Promise<boolean>;
  /** Leaves the night to another worker at once. */
  readonly release: (claim: NightClaim) => Promise<void>;
  /** The last nights, the youngest first. */
  readonly latest: (limit: number) => Promise<readonly AuditRun[]>;
  /** Once for each night: later ones change nothing. Null where no such night was audited to its end. */
  readonly acknowledge: (acknowledge: Acknowledge) => Promise<AuditRun | null>;
}

/** Small pages: a worker has other things to do between them. */
const NIGHT_PAGE: PageSize = { accounts: 25, events: 2_000 };
/** Pages between two renewals of the claim. */
const PAGES_PER_RENEWAL = 20;
/** Differences of a night that are stored with it. */
const KEPT_DIFFERENCES = 100;

export type NightOutcome =
  | { readonly kind: 'not_due' }
  /** Stopped on the way: the night is left to another worker, or to another day. */
  | { readonly kind: 'given_up'; readonly night: string }
  | { readonly kind: 'audited'; readonly night: string; readonly summary: AuditSummary };

export interface NightOptions {
  readonly atHour: number;
  readonly runs: AuditRuns;
  readonly readPage: ReadAuditPage;
  readonly onDifference: (difference: Difference) => void;
  readonly yieldToEventLoop: () => Promise<void>;
  readonly isStopped: () => boolean;
}

/**
 * Audits the sessions whose end was written down since the last night that was audited, if no other worker has done so
 * for this night. Where it is stopped, it releases the claim at once; where it throws, the claim expires after ten
 * minutes. Nothing is lost either way: the next night begins where the last finished one ended.
 */
export async function auditNight(options: NightOptions): Promise<NightOutcome> {
  const { atHour, runs, readPage, onDifference, yieldToEventLoop, isStopped } = options;
  const claim = await runs.claim(atHour);
  if (claim === null) return { kind: 'not_due' };
  const { night, since, until } = claim;
  const kept: Difference[] = [];
  let pages = 0;
  const summary = await audit({
    request: { from: since, to: until, by: 'recorded', patientId: null },
    size: NIGHT_PAGE,
    readPage,
    onDifference: (difference) => {
      if (kept.length < KEPT_DIFFERENCES) kept.push(difference);
      onDifference(difference);
    },
    yieldToEventLoop,
    goOn: async () => {
      pages += 1;
      if (isStopped()) return false;
      return pages % PAGES_PER_RENEWAL !== 0 || runs.renew(claim);
    },
  });
  const { isComplete, ...counts } = summary;
  if (isComplete && (await runs.finish(claim, counts, kept))) return { kind: 'audited', night, summary };
  await runs.release(claim);
  return { kind: 'given_up', night };
}
