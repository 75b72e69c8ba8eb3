import type { AuditSummary } from './audit.ts';
import type { Drift } from './difference.ts';

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
  readonly drift: readonly Drift[];
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
   * Claims the night that began last at that hour of the day (UTC). Null where it has been audited, or somebody
   * else is at it; a claim that was not renewed for ten minutes is anybody's again.
   */
  readonly claim: (atHour: number) => Promise<NightClaim | null>;
  /** False: somebody else has the night by now. */
  readonly renew: (claim: NightClaim) => Promise<boolean>;
  readonly finish: (
    claim: NightClaim,
    counts: AuditRun['counts'],
    drift: readonly Drift[],
  ) => Promise<boolean>;
  /** Leaves the night to another worker at once. */
  readonly release: (claim: NightClaim) => Promise<void>;
  /** The last nights, the youngest first. */
  readonly latest: (limit: number) => Promise<readonly AuditRun[]>;
}
