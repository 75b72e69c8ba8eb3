import type { SessionEvent } from './answers.ts';

const CHARGE_WORDS: Readonly<Record<string, string>> = {
  interval: 'is complete: one unit is taken',
  no_activity: 'saw no message from either side: one unit is taken',
  manual_end: 'was in progress: one unit is taken',
};

const END_WORDS: Readonly<Record<string, string>> = {
  no_activity: 'the session ends, because nobody wrote',
  balance_exhausted: 'the session ends, because no unit is left for another block',
  doctor_no_response: 'the session ends, because the doctor has not answered',
};

/** An event of the session in plain words; null where another event tells the same. */
export function describeEvent({ type, actor_role, data }: SessionEvent): string | null {
  const reason = data.reason ?? 'no reason';
  switch (type) {
    case 'started':
      return `the ${actor_role} starts the session`;
    case 'message':
      return `the ${actor_role} writes`;
    case 'activity':
      // Here every activity is a message, which has an event of its own.
      return null;
    case 'deduction':
      return `block ${data.interval_no} ${CHARGE_WORDS[reason] ?? `is charged: ${reason}`}`;
    case 'refund':
      return `block ${data.interval_no} is given back`;
    case 'ended':
      if (reason === 'manual_end') {
        return `the ${actor_role} ends the session`;
      }
      return END_WORDS[reason] ?? `the session ends: ${reason}`;
    default:
      return type;
  }
}
