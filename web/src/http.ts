/** How the console speaks to the server: JSON in the server's envelope, signed in by a cookie that no script sees. */

const TIMEOUT_MS = 15_000;

interface Success<Data> {
  readonly success: true;
  readonly data: Data;
}

interface Failure {
  readonly success: false;
  readonly code: string;
  readonly message: string;
  readonly errors: readonly { readonly field: string; readonly message: string }[];
  readonly data: Readonly<Record<string, unknown>>;
}

/** What the server said instead of what it was asked for; or that it said nothing, which is status 0. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** Of the server's failures; `no_answer` and `unreadable` are ours. */
  readonly code: string;
  /** Null where no answer came. */
  readonly requestId: string | null;
  /** What belongs to the failure; empty where nothing does. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly errors: Failure['errors'];
  readonly retryAfterSeconds: number | null;
  readonly etag: string | null;

  constructor(failure: Omit<Failure, 'success'>, response: Response | null) {
    super(failure.message);
    this.status = response?.status ?? 0;
    this.code = failure.code;
    this.data = failure.data;
    this.errors = failure.errors;
    this.requestId = response?.headers.get('x-request-id') ?? null;
    const seconds = Number(response?.headers.get('retry-after') ?? Number.NaN);
    this.retryAfterSeconds = Number.isFinite(seconds) ? seconds : null;
    this.etag = response?.headers.get('etag') ?? null;
  }
}

export interface Answer<Data> {
  readonly data: Data;
  readonly etag: string | null;
}

interface RequestParts {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** @throws ApiError; what aborted `signal`, where that was aborted. */
export async function send<Data>(
  method: string,
  path: string,
  parts: RequestParts = {},
): Promise<Answer<Data>> {
  const response = await ask(method, path, parts);
  let answer: Success<Data> | Failure;
  try {
    answer = await response.json();
  } catch {
    throw new ApiError(ours('unreadable', 'The answer cannot be read'), response);
  }
  if (!answer.success) throw new ApiError(answer, response);
  return { data: answer.data, etag: response.headers.get('etag') };
}

/** @throws ApiError; what aborted `signal`, where that was aborted. */
export const get = async <Data>(path: string, signal?: AbortSignal): Promise<Data> =>
  (await send<Data>('GET', path, signal === undefined ? {} : { signal })).data;

/** The same route as CSV. @throws ApiError */
export async function getCsv(path: string): Promise<Blob> {
  const response = await ask('GET', path, { headers: { accept: 'text/csv' } });
  if (response.ok) return response.blob();
  const failure: Failure | null = await response.json().catch(() => null);
  throw new ApiError(failure ?? ours('unreadable', 'The answer cannot be read'), response);
}

async function ask(method: string, path: string, { body, headers, signal }: RequestParts): Promise<Response> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    return await fetch(path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiError(ours('no_answer', 'No answer'), null);
  }
}

const ours = (code: string, message: string): Omit<Failure, 'success'> => ({
  code,
  message,
  errors: [],
  data: {},
});

/** `?a=1&b=2` of what is given; empty texts are left out. */
export function queryOf(fields: Readonly<Record<string, string | number | null | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value));
  return query.size === 0 ? '' : `?${query}`;
}
