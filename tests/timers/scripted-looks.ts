import { sessionId, type SessionId } from '../../src/billing/ids.ts';
import type { Alarm } from '../../src/sessions/alarms.ts';
import type { AlarmOutcome } from '../../src/timers/alarm-worker.ts';

export const over: AlarmOutcome = { kind: 'over' };
export const again = (delayMs: number): AlarmOutcome => ({ kind: 'again', delayMs });
export const alarm = (number: number, delayMs: number): Alarm => ({ sessionId: sessionId(number), delayMs });

/** An `onAlarm` that records its looks and answers as it is told, by default "over". */
export function scripted(...outcomes: (AlarmOutcome | Error)[]) {
  const looks: SessionId[] = [];
  const onAlarm = async (id: SessionId): Promise<AlarmOutcome> => {
    const outcome = outcomes[looks.push(id) - 1] ?? over;
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  return { looks, onAlarm };
}

/** An `onAlarm` that does not answer before it is told to. */
export function held(outcome: AlarmOutcome) {
  const entered = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const onAlarm = async (): Promise<AlarmOutcome> => {
    entered.resolve();
    await release.promise;
    return outcome;
  };
  return { onAlarm, entered: entered.promise, release: release.resolve };
}
