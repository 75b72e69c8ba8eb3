import { readFile, writeFile } from 'node:fs/promises';
import { isErrno } from './errors.ts';

export const DEMO_PATIENT_ID = 101;
export const DEMO_DOCTOR_ID = 201;
export const DEMO_ADMIN_ID = 1;

/** Far from the numbers that a person would choose to try things. */
const FIRST_NUMBER = 900_001;
const UNITS_PER_SUBSCRIPTION = 10;
/** Enough to try things for a while. */
const FEWEST_UNITS = 3;
const MOST_TRIES = 1000;
/** Some time ago, so that it can be started at once. */
const SCHEDULED_BEFORE_MS = 60_000;

export interface DemoData {
  readonly appointmentId: number;
  /** Units that the demo patient can spend now. */
  readonly units: number;
}

/** The numbers that were used last. */
interface DemoState {
  readonly subscriptionId: number;
  readonly appointmentId: number;
}

/**
 * Makes sure, through the public routes alone, that the demo patient has units to spend and one confirmed
 * appointment that can be started now. What was not used at the last start is used again.
 */
export async function prepareDemo(api: DemoApi, stateFile: string, nowMs: number): Promise<DemoData> {
  const last = await readState(stateFile);
  const subscriptionId = await ensureUnits(api, last.subscriptionId);
  const appointmentId = await ensureAppointment(api, last.appointmentId, nowMs);
  await writeFile(stateFile, `${JSON.stringify({ subscriptionId, appointmentId } satisfies DemoState)}\n`);
  return { appointmentId, units: await api.readUnits(DEMO_PATIENT_ID) };
}

async function ensureUnits(api: DemoApi, lastId: number): Promise<number> {
  for (let id = lastId; id < lastId + MOST_TRIES; id += 1) {
    if ((await api.readUnits(DEMO_PATIENT_ID)) >= FEWEST_UNITS) return id;
    await api.putSubscription(id + 1, {
      patient_id: DEMO_PATIENT_ID,
      sessions_total: UNITS_PER_SUBSCRIPTION,
    });
  }
  throw new Error(`the demo patient has no units, after ${MOST_TRIES} new subscriptions`);
}

async function ensureAppointment(api: DemoApi, lastId: number, nowMs: number): Promise<number> {
  for (let id = lastId; id < lastId + MOST_TRIES; id += 1) {
    await api.putAppointment(id, {
      patient_id: DEMO_PATIENT_ID,
      doctor_id: DEMO_DOCTOR_ID,
      type: 'text',
      status: 'confirmed',
      scheduled_at: new Date(nowMs - SCHEDULED_BEFORE_MS).toISOString(),
    });
    if (!(await api.isUsed(id))) return id;
  }
  throw new Error(`no demo appointment can be started, after ${MOST_TRIES} new ones`);
}

async function readState(stateFile: string): Promise<DemoState> {
  let state: unknown;
  try {
    state = JSON.parse(await readFile(stateFile, 'utf8'));
  } catch (error) {
    // No file yet, or one that was cut short: beginning at the first number finds the way again.
    if (!isErrno(error, 'ENOENT') && !(error instanceof SyntaxError)) throw error;
  }
  return {
    subscriptionId: readNumber(state, 'subscriptionId') ?? FIRST_NUMBER - 1,
    appointmentId: readNumber(state, 'appointmentId') ?? FIRST_NUMBER,
  };
}

function readNumber(state: unknown, key: keyof DemoState): number | undefined {
  const value: unknown = typeof state === 'object' && state !== null ? Reflect.get(state, key) : undefined;
  return Number.isSafeInteger(value) ? Number(value) : undefined;
}

const REQUEST_TIMEOUT_MS = 10_000;

/** The few routes that the demo needs. */
export interface DemoApi {
  putSubscription(id: number, body: object): Promise<void>;
  putAppointment(id: number, body: object): Promise<void>;
  /** Units that the patient can spend now; 0 for an unknown patient. */
  readUnits(patientId: number): Promise<number>;
  /** Whether the appointment has a session, ended or not. */
  isUsed(appointmentId: number): Promise<boolean>;
}

export interface DemoTokens {
  readonly patient: string;
  readonly admin: string;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export function connectDemoApi(baseUrl: string, tokens: DemoTokens): DemoApi {
  return {
    async putSubscription(id, body) {
      expectSuccess(await send('PUT', `/api/admin/subscriptions/${id}`, tokens.admin, body));
    },
    async putAppointment(id, body) {
      const answer = await send('PUT', `/api/admin/appointments/${id}`, tokens.admin, body);
      // 409: it has a session already, which isUsed finds out.
      if (answer.status !== 409) expectSuccess(answer);
    },
    async readUnits(patientId) {
      const answer = await send('GET', `/api/admin/patients/${patientId}/balance`, tokens.admin);
      return answer.status === 404 ? 0 : Number(read(expectSuccess(answer), 'data', 'available_sessions'));
    },
    async isUsed(appointmentId) {
      const path = `/api/text-appointments/${appointmentId}/session-status`;
      const body = expectSuccess(await send('GET', path, tokens.patient));
      return read(body, 'data', 'is_active') === true || read(body, 'data', 'is_ended') === true;
    },
  };

  async function send(method: string, path: string, token: string, body?: object): Promise<Answer> {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }
}

function expectSuccess(answer: Answer): unknown {
  if (answer.status !== 200 && answer.status !== 201)
    throw new Error(`the API answered ${answer.status}: ${String(read(answer.body, 'message'))}`);
  return answer.body;
}

function read(value: unknown, ...keys: readonly string[]): unknown {
  let found = value;
  for (const key of keys) {
    found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined;
  }
  return found;
}
