import type { Alarm, Alarms } from '../sessions/alarms.ts';
import type { SettleOutcome, SettleEffects } from '../sessions/commands.ts';
import type { AlarmData } from './alarm-job.ts';

export type Look = (sessionId: AlarmData['sessionId']) => Promise<SettleOutcome>;

/** What the board shows of a look, as the job's return value. */
export interface LookReport {
  readonly did: string;
  readonly next: string | null;
}

export type Processed =
  | { readonly kind: 'done'; readonly report: LookReport }
  /** The worker's clock is ahead of the database's: the same job once more, in so many ms. */
  | { readonly kind: 'early'; readonly leftMs: number };

/**
 * What becomes of an alarm that rang: a look at its session, and then the alarm of its next deadline is set, before this
 * one is done: so whatever fails here, one of the two is in the queue. No queue in it.
 */
export async function lookAt(
  { sessionId, deadline }: AlarmData,
  look: Look,
  arm: Alarms['arm'],
): Promise<Processed> {
  const found = await look(sessionId);
  if (found.kind === 'over')
    return { kind: 'done', report: { did: told(found.did, 'ended before'), next: null } };
  const nowMs = found.at - found.delayMs;
  if (nowMs < deadline) return { kind: 'early', leftMs: Math.ceil(deadline - nowMs) };
  const next: Alarm = { sessionId, at: found.at };
  await arm([next]);
  return {
    kind: 'done',
    report: { did: told(found.did, 'nothing due'), next: new Date(next.at).toISOString() },
  };
}

function told({ charged, refunded, ended }: SettleEffects, otherwise: string): string {
  const parts = [
    ...charged.map((block) => `charged block ${block}, 1 unit`),
    ...refunded.map((block) => `refunded block ${block}, 1 unit`),
    ...(ended === null ? [] : [`ended: ${ended}`]),
  ];
  return parts.length === 0 ? otherwise : parts.join('; ');
}
