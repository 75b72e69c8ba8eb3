import { audit, type AuditSummary, type PageSize, type ReadAuditPage } from './audit.ts';
import type { AuditRuns } from './nightly.ts';
import type { Drift } from './difference.ts';

/** Small pages: a worker has other things to do between them. */
const NIGHT_PAGE: PageSize = { accounts: 25, events: 2_000 };
/** So often a page goes by before the claim is renewed. */
const PAGES_PER_RENEWAL = 20;
/** So many differences of a night are kept with it. */
const KEPT_DRIFT = 100;

export type NightOutcome =
  | { readonly kind: 'not_due' }
  /** Stopped on the way: the night is left to another worker, or to another day. */
  | { readonly kind: 'given_up'; readonly night: string }
  | { readonly kind: 'audited'; readonly night: string; readonly summary: AuditSummary };

export interface NightOptions {
  readonly atHour: number;
  readonly runs: AuditRuns;
  readonly readPage: ReadAuditPage;
  readonly onDrift: (drift: Drift) => void;
  readonly breathe: () => Promise<void>;
  readonly isStopped: () => boolean;
}

/**
 * Audits the sessions whose end was written down since the last night that was audited, if nobody has done so for
 * this night. Where it is stopped the night is anybody's at once; where it breaks off (it throws), after the ten
 * minutes of its claim. Nothing is lost either way: the next one begins where the last finished one ended.
 */
export async function auditNight(options: NightOptions): Promise<NightOutcome> {
  const { atHour, runs, readPage, onDrift, breathe, isStopped } = options;
  const claim = await runs.claim(atHour);
  if (claim === null) return { kind: 'not_due' };
  const { night, since, until } = claim;
  const kept: Drift[] = [];
  let pages = 0;
  const summary = await audit({
    request: { from: since, to: until, by: 'recorded', patientId: null },
    size: NIGHT_PAGE,
    readPage,
    onDrift: (drift) => {
      if (kept.length < KEPT_DRIFT) kept.push(drift);
      onDrift(drift);
    },
    breathe,
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
