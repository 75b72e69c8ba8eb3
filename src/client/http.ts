/** Requests to the API. The token goes along; a refusal and a lack of answer are errors with a code. */
import type { ServerClock } from './clock.ts';
import type { Fetch, FetchAnswer } from './environment.ts';
import { ClientError } from './problem.ts';
import { retryNow, steadyMs, tryLater } from './time.ts';
import type { Tokens } from './token.ts';

export interface RequestOptions {
  /** Makes it a POST. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly waitSeconds?: number;
  /** How long it is repeated, with back-off, where it may have been lost. @default 0: it is sent once */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
}

/** @throws ClientError: status 0 where it is not known whether the request arrived. A path is below `/api`. */
export type Request = <Data extends object>(path: string, options?: RequestOptions) => Promise<Data>;

/** The server itself gives up after ten. */
const TIMEOUT_SECONDS = 15;

/** @param onSignedOut a new token was refused as well, or is of another user */
export function createRequest(
  fetch: Fetch,
  apiUrl: string,
  tokens: Tokens,
  clock: ServerClock,
  isClosed: () => boolean,
  onSignedOut: (code: string) => void,
): Request {
  async function attempt<Data extends object>(
    token: string,
    path: string,
    options: RequestOptions,
  ): Promise<Data> {
    const { body, waitSeconds = 0, signal } = options;
    const departure = clock.depart();
    const controller = new AbortController();
    const data = await new Promise<Data>((resolve, reject) => {
      // Not every `fetch` can be aborted, so the answer is also not waited for any longer.
      const giveUp = (): void => {
        controller.abort();
        reject(new ClientError('no_answer'));
      };
      const timer = setTimeout(giveUp, (waitSeconds + TIMEOUT_SECONDS) * 1000);
      signal?.addEventListener('abort', giveUp);
      if (signal?.aborted === true) giveUp();
      void fetch(apiUrl + path, {
        method: body ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: body ? JSON.stringify(body) : null,
        signal: controller.signal,
      })
        .then<Data>(dataOf)
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
    if (waitSeconds === 0) clock.arrive(departure, serverTimeIn(data));
    return data;
  }

  return async <Data extends object>(path: string, options: RequestOptions = {}) => {
    const retry = retryNow();
    const until = steadyMs() + (options.patienceMs ?? 0);
    let token = '';
    let refused: string | null = null;
    for (;;) {
      if (isClosed()) throw new ClientError('closed');
      try {
        token = await tokens.current(refused);
        return await attempt<Data>(token, path, options);
      } catch (cause) {
        const error = asError(cause);
        const isNewToken = error.status === 401 && refused === null;
        refused = token;
        if (isNewToken) continue;
        if (error.status === 401) onSignedOut(error.code);
        const waitMs = tryLater(retry, error.retryAfterMs);
        if (!isWorthRepeating(error.status) || retry.atMs > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  };
}

/** A token that cannot be got now, or an answer that did not come, may come later. */
export const asError = (cause: unknown): ClientError =>
  cause instanceof ClientError ? cause : new ClientError('no_answer', String(cause));

interface Envelope<Data> {
  readonly code?: string;
  readonly message?: string;
  readonly data?: Data;
}

async function dataOf<Data>(answer: FetchAnswer): Promise<Data> {
  const { status, headers } = answer;
  const body = await answer.json().catch(() => null);
  const envelope = isEnvelope<Data>(body) ? body : {};
  // A success that was cut off, or that a proxy made up, counts as no answer.
  const isSuccess = status < 300;
  if (isSuccess && envelope.data !== undefined) return envelope.data;
  throw new ClientError(
    envelope.code ?? `http_${status}`,
    envelope.message,
    isSuccess ? 0 : status,
    envelope.data,
    Number(headers.get('retry-after')) * 1000 || 0,
  );
}

/** What this server sends has the shape that its contract says; a proxy's page has none. */
const isEnvelope = <Data>(body: unknown): body is Envelope<Data> => typeof body === 'object' && body !== null;

interface Timed {
  readonly server_time?: string;
  readonly session?: Timed;
}

/** Empty where it brings none. */
const serverTimeIn = (data: Timed): string => data.server_time ?? data.session?.server_time ?? '';

/** Whether the same request again may be answered otherwise. */
export const isWorthRepeating = (status: number): boolean =>
  status === 0 || status === 408 || status === 429 || status >= 500;
