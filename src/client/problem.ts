/** How the app learns of errors: by a promise that is rejected, or by `onProblem`. */

/**
 * A request that was refused or not answered. `code` is the server's stable code, or one of the client's own:
 * `no_answer`, `discarded`, `closed`, `signed_out`, `token_mismatch`.
 */
export class ClientError extends Error {
  declare readonly code: string;
  /** Of the answer; 0 where there was none. */
  declare readonly status: number;
  /** What the refusal brought: with `session_ended`, the ended session. */
  declare readonly data: unknown;
  /** How long the server asks to wait. */
  declare readonly retryAfterMs: number;

  constructor(code: string, message = code, status = 0, data: unknown = null, retryAfterMs = 0) {
    super(message);
    Object.assign(this, { code, status, data, retryAfterMs });
  }
}

/** Something that the client recovers from, or that the app has to handle. It holds no token and no text. */
export interface Problem {
  readonly code: string;
  readonly appointmentId?: number;
  readonly cause?: unknown;
}

export type Report = (problem: Problem) => void;
