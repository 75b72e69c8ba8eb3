const REQUEST_TIMEOUT_MS = 10_000;

/** The few routes that the demo needs. */
export interface DemoApi {
  putSubscription(id: number, body: object): Promise<void>;
  putAppointment(id: number, body: object): Promise<void>;
  /** Units that the patient can spend now; 0 for a patient whom nobody knows yet. */
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
      // An appointment that has a session is told apart by isUsed.
      if (answer.status !== 409) {
        expectSuccess(answer);
      }
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
  if (answer.status !== 200 && answer.status !== 201) {
    throw new Error(`the API answered ${answer.status}: ${String(read(answer.body, 'message'))}`);
  }
  return answer.body;
}

function read(value: unknown, ...keys: readonly string[]): unknown {
  let found = value;
  for (const key of keys) {
    found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined;
  }
  return found;
}
