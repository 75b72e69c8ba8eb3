import { appointmentId, sessionId, type SessionId } from '../../src/billing/ids.ts';
import { instant } from '../../src/billing/time.ts';
import type { Alarm, Deadlines } from '../../src/sessions/alarms.ts';
import type { SettleOutcome } from '../../src/sessions/commands.ts';
import type { Settlement } from '../../src/sessions/alarms.ts';

export const NOTHING: Settlement = { charged: [], refunded: [], ended: null, recordedAt: null };

/** An alarm of block 3 that is due in so many ms. The session's appointment has a number 1,000 higher. */
export const alarm = (session: number, delayMs: number): Alarm => ({
  sessionId: sessionId(session),
  at: instant(Date.now() + delayMs),
  appointmentId: appointmentId(1_000 + session),
  block: 3,
  isBlockEnd: true,
});

export const chargedNow = (): Settlement => ({
  ...NOTHING,
  charged: [{ block: 3, units: 1, reason: 'interval' }],
  recordedAt: instant(Date.now()),
});

/** Charged its last unit and ended. */
export const ended = (): SettleOutcome => ({
  kind: 'ended',
  reason: 'balance_exhausted',
  at: instant(Date.now()),
  did: { ...chargedNow(), ended: 'balance_exhausted' },
});

/** Goes on, and is due again in so many ms. */
export const active = (session: number, delayMs: number, did = chargedNow()): SettleOutcome => ({
  kind: 'active',
  next: { ...alarm(session, delayMs), block: 4 },
  delayMs,
  did,
});

/** A `settle` that records its calls and answers as it is told, by default "ended". */
export function scripted(...outcomes: ((() => SettleOutcome) | Error)[]) {
  const settled: SessionId[] = [];
  const settle = async (id: SessionId): Promise<SettleOutcome> => {
    const outcome = outcomes[settled.push(id) - 1] ?? ended;
    if (outcome instanceof Error) throw outcome;
    return outcome();
  };
  return { settled, settle };
}

/** A database in which these alarms are what is stored. */
export function storing(alarms: readonly Alarm[] = [], held: Settlement = NOTHING): Deadlines {
  return {
    page: async ({ after, limit }) => {
      const from = after === null ? 0 : alarms.findIndex(({ sessionId: id }) => id === after.sessionId) + 1;
      return alarms.slice(from, from + limit);
    },
    settledAt: async () => held,
    storedFor: async (ids) =>
      new Map(
        alarms.filter(({ sessionId: id }) => ids.includes(id)).map(({ sessionId: id, at }) => [id, at]),
      ),
  };
}
