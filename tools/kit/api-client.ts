import { Agent, request } from 'node:http';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: object;
  readonly idempotencyKey?: string;
}

export interface ApiAnswer {
  readonly status: number;
  /** Null where it was no JSON. */
  readonly body: unknown;
}

/** One API on the loopback interface, from outside. */
export interface ApiClient {
  /** @throws where no answer came: what became of the request is not known. */
  readonly send: (asked: ApiRequest, token: string, signal?: AbortSignal) => Promise<ApiAnswer>;
  readonly close: () => void;
}

const ANSWER_TIMEOUT_MS = 4_000;

export function openApiClient(port: number, timeoutMs = ANSWER_TIMEOUT_MS): ApiClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  return {
    send: ({ method, path, body, idempotencyKey }, token, signal) =>
      new Promise((resolve, reject) => {
        const text = body === undefined ? null : JSON.stringify(body);
        const limit = AbortSignal.timeout(timeoutMs);
        const asked = request(
          {
            agent,
            host: '127.0.0.1',
            port,
            method,
            path,
            signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
            headers: {
              authorization: `Bearer ${token}`,
              ...(text === null
                ? {}
                : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
              ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
            },
          },
          (response) => {
            let answer = '';
            response.setEncoding('utf8').on('data', (piece: string) => {
              answer += piece;
            });
            response.once('error', reject);
            response.once('close', () => reject(new Error(`the answer to ${method} ${path} broke off`)));
            response.once('end', () => resolve({ status: response.statusCode ?? 0, body: parse(answer) }));
          },
        );
        asked.once('error', reject);
        asked.end(text ?? undefined);
      }),
    close: () => agent.destroy(),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
