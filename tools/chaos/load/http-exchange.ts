import { Agent, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface Question {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: object;
  readonly idempotencyKey?: string;
}

/** A phone that has had no answer for so long asks the other API. */
const ANSWER_TIMEOUT_MS = 4_000;

/** One API, from outside. */
export interface HttpExchange {
  /** Null: no answer came, and nobody knows what became of the question. */
  ask(question: Question, token: string): Promise<Answer | null>;
  close(): void;
}

export function openHttpExchange(port: number): HttpExchange {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  return {
    ask: ({ method, path, body, idempotencyKey }, token) =>
      new Promise((resolve) => {
        const text = body === undefined ? null : JSON.stringify(body);
        const asked = request(
          {
            agent,
            host: '127.0.0.1',
            port,
            method,
            path,
            signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
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
            response.once('error', () => resolve(null));
            response.once('close', () => resolve(null));
            response.once('end', () => resolve({ status: response.statusCode ?? 0, body: parse(answer) }));
          },
        );
        asked.once('error', () => resolve(null));
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
