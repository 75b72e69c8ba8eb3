import { readFileSync } from 'node:fs';
import { signDemoToken } from '../../../src/standalone/demo.ts';

/** Blocks short enough to wait for. */
export const INTERVAL_SECONDS = 4;

/** What the operator writes into .env. */
export const SETTINGS = { SESSION_INTERVAL_SECONDS: String(INTERVAL_SECONDS) } as const;

const JWT_SECRET_FILE = '/project/secrets/jwt_secret';
const PATIENT = 7;
const DOCTOR = 8;

export type Person = 'patient' | 'doctor' | 'admin' | 'nobody';
/** A person, or any caller with this token. */
export type Caller = Person | { readonly token: string };

export interface Answer {
  readonly status: number;
  readonly body: { readonly code?: string; readonly data?: Readonly<Record<string, unknown>> };
}

/** A call of the published port. */
export async function call(
  who: Caller,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: object,
): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:3000${path}`, {
    method,
    headers: {
      ...(who !== 'nobody' && { authorization: `Bearer ${tokenOf(who)}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    signal: AbortSignal.timeout(20_000),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer: Answer['body'] = JSON.parse(await response.text());
  return { status: response.status, body: answer };
}

function tokenOf(who: Exclude<Caller, 'nobody'>): string {
  if (typeof who === 'object') return who.token;
  const caller =
    who === 'admin'
      ? { userId: 1, role: 'admin' as const }
      : { userId: who === 'patient' ? PATIENT : DOCTOR };
  const settings = {
    secret: readFileSync(JWT_SECRET_FILE, 'utf8').trim(),
    issuer: undefined,
    audience: undefined,
  };
  return signDemoToken(caller, settings, Date.now());
}

/** Books a text appointment whose time has come, and gives the patient units. */
export async function book(appointmentId: number, units: number): Promise<void> {
  const appointment = await call('admin', 'PUT', `/api/admin/appointments/${appointmentId}`, {
    patient_id: PATIENT,
    doctor_id: DOCTOR,
    type: 'text',
    status: 'confirmed',
    scheduled_at: new Date(Date.now() - 60_000).toISOString(),
  });
  const subscription = await call('admin', 'PUT', `/api/admin/subscriptions/${appointmentId}`, {
    patient_id: PATIENT,
    sessions_total: units,
  });
  if (appointment.status !== 200 || subscription.status !== 200)
    throw new Error(`could not book: ${JSON.stringify([appointment, subscription])}`);
}

export const start = (appointmentId: number): Promise<Answer> =>
  call('patient', 'POST', '/api/text-appointments/start-session', { appointment_id: appointmentId });

export const end = (appointmentId: number): Promise<Answer> =>
  call('patient', 'POST', '/api/text-appointments/end-session', { appointment_id: appointmentId });

export const write = (who: 'patient' | 'doctor', appointmentId: number): Promise<Answer> =>
  call(who, 'POST', '/api/text-appointments/update-activity', {
    appointment_id: appointmentId,
    user_type: who,
  });

export const status = (appointmentId: number): Promise<Answer> =>
  call('patient', 'GET', `/api/text-appointments/${appointmentId}/session-status`);
