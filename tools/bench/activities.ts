import { createHmac } from 'node:crypto';
import { shuffled } from './shuffled.ts';
import { type LoadRound, putLoad } from './load.ts';
import type { Rig } from './rig.ts';

/** Sessions that a round's clients go through in turn. */
export const LIVE_SESSIONS = 4_096;

export interface Clients {
  readonly clients: number;
  readonly seconds: number;
  /** Requests a second in all; without it each client sends as soon as it was answered. */
  readonly rate?: number;
}

/**
 * Patients' apps that tell of an activity in one session after the other. No session has two requests under way, as
 * long as there are fewer clients than sessions. Latencies are those of `putLoad`.
 */
export const measureActivities = (rig: Rig, port: number, load: Clients): Promise<LoadRound> =>
  putLoad({ ...load, port, requests: requestsFor(rig.secret, activityRequest) });

/** The same for `GET …/session-status`. */
export const measureStatuses = (rig: Rig, port: number, load: Clients): Promise<LoadRound> =>
  putLoad({ ...load, port, requests: requestsFor(rig.secret, statusRequest) });

type RequestOf = (token: string, appointmentId: number) => string;

/** One for each session, in an order without meaning: sessions that write at the same time are not neighbours on disk. */
function requestsFor(secret: string, requestOf: RequestOf): readonly Buffer[] {
  const ids = shuffled(Array.from({ length: LIVE_SESSIONS }, (_session, index) => index + 1));
  return ids.map((id) => Buffer.from(requestOf(tokenOf(secret, id), id)));
}

function activityRequest(token: string, appointmentId: number): string {
  const body = JSON.stringify({ appointment_id: appointmentId, user_type: 'patient' });
  return (
    'POST /api/text-appointments/update-activity HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n' +
    `authorization: Bearer ${token}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

const statusRequest: RequestOf = (token, appointmentId) =>
  `GET /api/text-appointments/${appointmentId}/session-status HTTP/1.1\r\nhost: 127.0.0.1\r\n` +
  `authorization: Bearer ${token}\r\n\r\n`;

/** A token of RFC 7519 with HS256, good for two hours. */
export function tokenOf(secret: string, subject: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 7200;
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: subject, exp })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
