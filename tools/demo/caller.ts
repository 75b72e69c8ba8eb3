import { readField } from './answers.ts';

const REQUEST_TIMEOUT_MS = 10_000;

/** Somebody who is signed in: a phone, or the clinic's office. */
export interface Caller {
  /**
   * Sends a request and gives the body of the answer. Throws a RefusedError where the API refuses, and the
   * signal's reason where the demo is over.
   */
  send(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<unknown>;
}

export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

export function createCaller(baseUrl: string, token: string, halted: AbortSignal): Caller {
  return {
    async send(method, path, body) {
      const response = await fetch(`${baseUrl}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        signal: AbortSignal.any([halted, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const answer: unknown = await response.json();
      if (!response.ok) {
        const words = `${String(readField(answer, 'code'))}: ${String(readField(answer, 'message'))}`;
        throw new RefusedError(`${method} ${path} was answered with ${response.status} ${words}`);
      }
      return answer;
    },
  };
}
