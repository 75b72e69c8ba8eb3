import { sessionId, type SessionId } from '../../src/billing/ids.ts';
import { instant } from '../../src/billing/time.ts';
import type { Alarm } from '../../src/sessions/alarms.ts';
import type { SettleOutcome, SettleEffects } from '../../src/sessions/commands.ts';

export const nothing: SettleEffects = { charged: [], refunded: [], ended: null };
export const over: SettleOutcome = {
  kind: 'over',
  did: { charged: [4], refunded: [], ended: 'balance_exhausted' },
};
export const again = (delayMs: number, did: SettleEffects = { ...nothing, charged: [3] }): SettleOutcome => ({
  kind: 'again',
  at: instant(Date.now() + delayMs),
  delayMs,
  did,
});
export const alarm = (number: number, delayMs: number): Alarm => ({
  sessionId: sessionId(number),
  at: instant(Date.now() + delayMs),
});

/** An `onAlarm` that records its looks and answers as it is told, by default "over". */
export function scripted(...outcomes: ((() => SettleOutcome) | Error)[]) {
  const looks: SessionId[] = [];
  const onAlarm = async (id: SessionId): Promise<SettleOutcome> => {
    const outcome = outcomes[looks.push(id) - 1] ?? (() => over);
    if (outcome instanceof Error) throw outcome;
    return outcome();
  };
  return { looks, onAlarm };
}
