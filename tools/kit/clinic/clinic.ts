import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { readField } from '../answers.ts';
import { tokenFor } from '../tokens.ts';
import type { MovedClock } from './moved-clock.ts';
import type { Worker } from './worker.ts';

export interface Booking {
  readonly patient: number;
  readonly doctor: number;
  readonly scheduledMs: number;
  readonly status?: 'pending' | 'confirmed' | 'cancelled';
  /** What it says otherwise than the settings, by the names of the API. */
  readonly terms?: Readonly<Record<string, number>>;
}

export interface Sale {
  readonly patient: number;
  readonly units: number;
  readonly expiresMs?: number;
}

/** The clinic's people, each by the routes of the API, at the clock that is moved by hand. */
export interface Clinic extends Participants, Office {
  /** Lets the worker work until this instant, and moves the clock to it. */
  readonly moveTo: (ms: number) => Promise<void>;
  readonly audit: () => Promise<void>;
}

/** A patient and a doctor. */
interface Participants {
  readonly start: (user: number, appointment: number) => Promise<void>;
  readonly write: (user: number, appointment: number, text: string) => Promise<void>;
  readonly end: (user: number, appointment: number) => Promise<void>;
}

/** The clinic's own system, and its staff. */
interface Office {
  readonly book: (admin: number, appointment: number, booking: Booking) => Promise<void>;
  readonly sell: (admin: number, grant: number, sale: Sale) => Promise<void>;
  readonly endByAdmin: (admin: number, appointment: number, charge: boolean, note: string) => Promise<void>;
  readonly refund: (admin: number, appointment: number, block: number, note: string) => Promise<void>;
  readonly takeBack: (admin: number, appointment: number, block: number, note: string) => Promise<void>;
  readonly adjust: (admin: number, grant: number, units: number, note: string) => Promise<void>;
  /** Opens a page of the console, as far as the API sees it. */
  readonly view: (admin: number, path: string) => Promise<void>;
  readonly download: (admin: number, path: string) => Promise<void>;
}

const ENTRY = `
  SELECT entry.id::float8 AS id FROM ledger_entries entry
  JOIN text_appointment_sessions session ON session.id = entry.session_id
  WHERE session.appointment_id = $1 AND entry.interval_no = $2 AND entry.kind = $3`;

const SESSION = 'SELECT id::float8 AS id FROM text_appointment_sessions WHERE appointment_id = $1';

interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export const openClinic = (port: number, sql: Client, clock: MovedClock, worker: Worker): Clinic => ({
  ...participants(port),
  ...bookkeeping(port),
  ...corrections(port, sql),
  moveTo: async (ms) => {
    await worker.workUntil(ms);
    await clock.moveTo(ms);
  },
  audit: worker.audit,
});

const participants = (port: number): Participants => ({
  start: (user, appointment) =>
    askAsUser(port, user, { method: 'POST', path: 'start-session', body: { appointment_id: appointment } }),
  write: (user, appointment, text) =>
    askAsUser(port, user, {
      method: 'POST',
      path: `${appointment}/messages`,
      body: { client_message_id: randomUUID(), text },
    }),
  end: (user, appointment) =>
    askAsUser(port, user, { method: 'POST', path: 'end-session', body: { appointment_id: appointment } }),
});

const bookkeeping = (port: number): Pick<Office, 'book' | 'sell' | 'view' | 'download'> => ({
  book: (admin, appointment, { patient, doctor, scheduledMs, status = 'confirmed', terms }) =>
    askAsAdmin(port, admin, {
      method: 'PUT',
      path: `appointments/${appointment}`,
      body: {
        patient_id: patient,
        doctor_id: doctor,
        type: 'text',
        status,
        scheduled_at: new Date(scheduledMs).toISOString(),
        ...(terms === undefined ? {} : { terms }),
      },
    }),
  sell: (admin, grant, { patient, units, expiresMs }) =>
    askAsAdmin(port, admin, {
      method: 'PUT',
      path: `subscriptions/${grant}`,
      body: {
        patient_id: patient,
        sessions_total: units,
        ...(expiresMs === undefined ? {} : { expires_at: new Date(expiresMs).toISOString() }),
      },
    }),
  view: (admin, path) => askAsAdmin(port, admin, { method: 'GET', path }),
  download: (admin, path) =>
    askAsAdmin(port, admin, { method: 'GET', path, headers: { accept: 'text/csv' } }),
});

function corrections(
  port: number,
  sql: Client,
): Pick<Office, 'endByAdmin' | 'refund' | 'takeBack' | 'adjust'> {
  const found = async (statement: string, parameters: readonly unknown[]): Promise<number> => {
    const { rows } = await sql.query<{ id: number }>(statement, [...parameters]);
    const [row] = rows;
    if (row === undefined) throw new Error(`the seed data expects a row for ${parameters.join(', ')}`);
    return row.id;
  };
  const post = (admin: number, path: string, body: object): Promise<void> =>
    askAsAdmin(port, admin, { method: 'POST', path, body, headers: { 'idempotency-key': randomUUID() } });
  return {
    endByAdmin: async (admin, appointment, charge, note) =>
      post(admin, `sessions/${await found(SESSION, [appointment])}/end`, { note, charge }),
    refund: async (admin, appointment, block, note) =>
      post(admin, `ledger/${await found(ENTRY, [appointment, block, 'charge'])}/refund`, { note }),
    takeBack: async (admin, appointment, block, note) =>
      post(admin, `ledger/${await found(ENTRY, [appointment, block, 'refund'])}/take-back`, { note }),
    adjust: (admin, grant, units, note) => post(admin, `subscriptions/${grant}/adjustments`, { units, note }),
  };
}

const askAsUser = (port: number, user: number, asked: Asked): Promise<void> =>
  ask(port, tokenFor(user), { ...asked, path: `text-appointments/${asked.path}` });

const askAsAdmin = (port: number, admin: number, asked: Asked): Promise<void> =>
  ask(port, tokenFor(admin, { role: 'admin' }), { ...asked, path: `admin/${asked.path}` });

/** @throws where the API refuses: the seed data asks for nothing that is refused. */
async function ask(port: number, token: string, { method, path, body, headers }: Asked): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/api/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (response.ok) return;
  const message = String(readField(JSON.parse(text), 'message'));
  throw new Error(`${method} /api/${path} was answered by ${response.status}: ${message}`);
}
