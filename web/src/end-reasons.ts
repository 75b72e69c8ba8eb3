/** Why a session is over, in words that stand alone. */
export const END_REASONS = {
  manual_end: 'Patient or doctor ended it',
  admin_end: 'An administrator ended it',
  no_activity: 'Nobody wrote at all',
  idle_timeout: 'Nobody wrote any more',
  doctor_no_response: 'The doctor did not answer',
  balance_exhausted: 'No unit was left',
  max_duration: 'Its longest time was reached',
} as const;

export type EndReason = keyof typeof END_REASONS;

export const isEndReason = (word: string): word is EndReason => Object.hasOwn(END_REASONS, word);
