import { appointmentId, type AppointmentId, isId } from '../../billing/ids.ts';

/** The largest frame that a client may send. */
export const MAX_FRAME_BYTES = 16 * 1024;

export interface FollowRequest {
  readonly appointmentId: AppointmentId;
  /** The number of the last event that the client has; 0 = none. */
  readonly after: number;
}

/** What a client may send, checked. */
export type ClientFrame =
  | { readonly type: 'hello'; readonly token: string; readonly follow: readonly FollowRequest[] }
  | ({ readonly type: 'follow' } & FollowRequest)
  | { readonly type: 'unfollow'; readonly appointmentId: AppointmentId }
  | { readonly type: 'token'; readonly token: string }
  | { readonly type: 'ping'; readonly id: number };

/** Why the server closes a socket: the code of the close, and the reason in its frame. */
export const CLOSES = {
  going_away: 1001,
  bad_frame: 4400,
  unauthenticated: 4401,
  token_expired: 4401,
  token_mismatch: 4401,
  hello_timeout: 4408,
  idle: 4408,
  stalled: 4411,
  too_many_frames: 4429,
  too_many_sockets: 4429,
  unavailable: 4503,
} as const;

export type CloseReason = keyof typeof CLOSES;

/** A frame of text with exactly the fields of its type; null for anything else. */
export function parseFrame(text: string): ClientFrame | null {
  const frame = parseObject(text);
  if (frame === null) return null;
  switch (frame['type']) {
    case 'hello': {
      if (!hasFields(frame, ['type', 'token'], ['follow'])) return null;
      const { token, follow = [] } = frame;
      if (!isToken(token) || !Array.isArray(follow)) return null;
      const requests = follow.map(followRequest);
      return requests.every((request) => request !== null)
        ? { type: 'hello', token, follow: requests }
        : null;
    }
    case 'follow': {
      const { type: _type, ...fields } = frame;
      const request = followRequest(fields);
      return request === null ? null : { type: 'follow', ...request };
    }
    case 'unfollow': {
      const { appointment_id: id } = frame;
      if (!hasFields(frame, ['type', 'appointment_id']) || !isId(id)) return null;
      return { type: 'unfollow', appointmentId: appointmentId(id) };
    }
    case 'token': {
      const { token } = frame;
      return hasFields(frame, ['type', 'token']) && isToken(token) ? { type: 'token', token } : null;
    }
    case 'ping': {
      const { id } = frame;
      return hasFields(frame, ['type', 'id']) && isInteger(id) ? { type: 'ping', id } : null;
    }
    default:
      return null;
  }
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function followRequest(value: unknown): FollowRequest | null {
  if (typeof value !== 'object' || value === null) return null;
  const fields: Record<string, unknown> = { ...value };
  const { appointment_id: id, after } = fields;
  if (!hasFields(fields, ['appointment_id', 'after']) || !isId(id)) return null;
  return isInteger(after) && after >= 0 ? { appointmentId: appointmentId(id), after } : null;
}

/** Every one of `required`, and nothing beside them and `optional`. */
function hasFields(
  frame: Readonly<Record<string, unknown>>,
  required: readonly string[],
  optional: readonly string[] = [],
): boolean {
  const names = Object.keys(frame);
  return (
    required.every((name) => names.includes(name)) &&
    names.every((name) => required.includes(name) || optional.includes(name))
  );
}

const isToken = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isInteger = (value: unknown): value is number => Number.isSafeInteger(value);

/** Frames that a client may send a second, and at once after a pause. */
const FRAMES_PER_SECOND = 20;
const FRAMES_AT_ONCE = 60;

/** Counts the frames of one client; false = too many. */
export function createFrameRate(nowMs: () => number): () => boolean {
  let left = FRAMES_AT_ONCE;
  let atMs = nowMs();
  return () => {
    const now = nowMs();
    left = Math.min(FRAMES_AT_ONCE, left + ((now - atMs) / 1000) * FRAMES_PER_SECOND) - 1;
    atMs = now;
    return left >= 0;
  };
}
