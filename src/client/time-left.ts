import type { EndReason, Session } from './contract.ts';

export interface TimeLeft {
  /** Never below 0: at 0 the server is asked, and it alone ends the session. */
  readonly ms: number;
  /** The instant itself. */
  readonly until: string;
  readonly reason: EndReason | null;
}

/** How long an active session still goes on if nobody does anything; null where that is not known. */
export function timeLeftOf(session: Session | null, nowMs: number | null): TimeLeft | null {
  if (session?.is_active !== true || session.ends_at === null || nowMs === null) return null;
  const { ends_at: until, ends_reason: reason } = session;
  return { ms: Math.max(0, Date.parse(until) - nowMs), until, reason };
}
