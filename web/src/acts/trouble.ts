/** Why an act was not done, as far as the person at the dialog has to know. */
import { capital, failureWords } from '../parts/words.ts';

/** What the server said. Status 0: no answer came. */
export interface Answered {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly requestId: string | null;
  readonly errors: readonly { readonly field: string; readonly message: string }[];
  readonly data: Readonly<Record<string, unknown>>;
}

export const NO_ANSWER = 'No answer. Try again: it will not be done twice.';
export const CHANGED = 'Something changed meanwhile. This is the effect now:';

const DONE_BEFORE: Readonly<Record<string, string>> = {
  already_refunded: 'This unit was given back before',
  already_taken_back: 'This refund was taken back before',
};

/** `clock` gives the time of day of an instant. */
export function troubleWords(answered: Answered, clock: (instant: string) => string): string {
  if (isLost(answered)) return NO_ANSWER;
  const before = DONE_BEFORE[answered.code];
  if (before !== undefined) return `${before}${byWhom(answered.data, clock)}.`;
  if (answered.status === 422) {
    const [flaw] = answered.errors;
    if (flaw !== undefined) return `${capital(flaw.field)} ${flaw.message}.`;
  }
  return failureWords(answered);
}

/** It may have been done, so nothing of the request may change before it is sent again. */
export const isLost = ({ status, code }: Pick<Answered, 'status' | 'code'>): boolean =>
  status === 0 || code === 'unreadable' || (status >= 502 && status <= 504);

function byWhom({ by, at }: Answered['data'], clock: (instant: string) => string): string {
  if (typeof by !== 'number' || typeof at !== 'string') return '';
  return `, by user ${by} at ${clock(at)}`;
}
