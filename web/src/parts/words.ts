/** Numbers, names and failures in words, the same on every page. */

/** `2,412`. */
export const numberWords = (count: number): string => count.toLocaleString('en-GB');

/** `1 session`, `2,412 sessions`. */
export const countWords = (count: number, name: string): string =>
  `${numberWords(count)} ${name}${Math.abs(count) === 1 ? '' : 's'}`;

export const unitWords = (count: number): string => countWords(count, 'unit');

export const capital = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;

export const lower = (words: string): string => `${words.charAt(0).toLowerCase()}${words.slice(1)}`;

/** Who did it: `Patient 7`, `User 3`, `The engine`. */
export function whoWords(role: string, id: number | null): string {
  if (id === null || role === 'system') return 'The engine';
  return role === 'patient' || role === 'doctor' ? `${capital(role)} ${id}` : `User ${id}`;
}

/** What the server said, with the number under which its log tells why. */
export const failureWords = ({
  message,
  requestId,
}: {
  readonly message: string;
  readonly requestId: string | null;
}): string => `${message.replace(/\.$/, '')}.${requestId === null ? '' : ` Request ${requestId}.`}`;
