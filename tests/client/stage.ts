/** A client whose sockets, requests and time are moved by hand. */
import { expect, onTestFinished, vi } from 'vitest';
import {
  type Chat,
  type Client,
  type ClientOptions,
  createClient,
  type Problem,
} from '../../src/client/create-client.ts';
import type {
  ClientFrame,
  ServerFrame,
  Session,
  SessionEvent,
  StoredMessage,
} from '../../src/client/contract.ts';
import type { Fetch, FetchOptions, SocketEvent, SocketLike } from '../../src/client/environment.ts';

export const START = Date.UTC(2026, 10, 27, 9);
export const PATIENT = 101;
export const DOCTOR = 201;
export const APPOINTMENT = 42;

/** An instant, by the milliseconds since the start. */
export const at = (ms: number): string => new Date(START + ms).toISOString();

/** A token as the server's: what it says is not checked here. */
export const tokenOf = (userId: number, lifeMs = 3_600_000): string => {
  const claims = JSON.stringify({ sub: String(userId), exp: (Date.now() + lifeMs) / 1000 });
  return `e30.${Buffer.from(claims).toString('base64url')}.x`;
};

export const session = (change: Partial<Session> = {}): Session => ({
  session_id: 7,
  appointment_id: APPOINTMENT,
  patient_id: PATIENT,
  doctor_id: DOCTOR,
  is_active: true,
  is_ended: false,
  start_time: at(0),
  last_activity_time: null,
  has_patient_activity: false,
  has_doctor_activity: false,
  sessions_used: 0,
  ended_at: null,
  end_reason: null,
  interval_seconds: 600,
  remaining_sessions: 5,
  available_sessions: 4,
  next_deduction_at: at(600_000),
  funded_until: at(3_000_000),
  ends_at: at(600_000),
  ends_reason: 'no_activity',
  event_no: 0,
  message_no: 0,
  server_time: new Date().toISOString(),
  ...change,
});

export const stored = (messageNo: number, change: Partial<StoredMessage> = {}): StoredMessage => ({
  session_id: 7,
  message_no: messageNo,
  client_message_id: `00000000-0000-4000-8000-00000000000${messageNo}`,
  sender_id: DOCTOR,
  sender_role: 'doctor',
  sent_at: at(1000 * messageNo),
  text: `message ${messageNo}`,
  ...change,
});

export const event = (n: number, type = 'deduction', data: unknown = {}): SessionEvent => ({
  n,
  type,
  effective_at: at(n),
  recorded_at: at(n),
  by: 'system',
  data,
});

export class FakeSocket implements SocketLike {
  readonly sent: ClientFrame[] = [];
  readonly url: string;
  isClosed = false;
  private readonly listeners = new Map<string, ((event: SocketEvent) => void)[]>();

  constructor(url: string) {
    this.url = url;
  }

  addEventListener(type: string, listener: (event: SocketEvent) => void): void {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }

  close(): void {
    this.isClosed = true;
  }

  emit(type: string, detail: Partial<SocketEvent> = {}): void {
    for (const listener of this.listeners.get(type) ?? []) listener({ type, ...detail });
  }

  receive(...frames: readonly ServerFrame[]): void {
    for (const frame of frames) this.emit('message', { data: JSON.stringify(frame) });
  }

  /** One frame for each event. */
  deliver(...events: readonly SessionEvent[]): void {
    for (const delivered of events)
      this.receive({ type: 'event', appointment_id: APPOINTMENT, event: delivered });
  }

  end(code: number, reason = ''): void {
    this.emit('close', { code, reason });
  }

  framesOf(type: ClientFrame['type']): readonly ClientFrame[] {
    return this.sent.filter((frame) => frame.type === type);
  }
}

export interface FakeRequest extends FetchOptions {
  readonly path: string;
  readonly answer: (
    status: number,
    body: object,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<void>;
  readonly succeed: (data: object) => Promise<void>;
  readonly refuse: (
    status: number,
    code: string,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<void>;
  readonly fail: () => Promise<void>;
}

export const welcome = (userId = PATIENT, lifeMs = 3_600_000): ServerFrame => ({
  type: 'welcome',
  user_id: userId,
  token_expires_at: new Date(Date.now() + lifeMs).toISOString(),
  ping_seconds: 25,
});

export const following = (after: number, given: Session, head = given.event_no): ServerFrame => ({
  type: 'following',
  appointment_id: APPOINTMENT,
  after,
  head,
  session: given,
});

export const state = (given: Session): ServerFrame => ({
  type: 'state',
  appointment_id: APPOINTMENT,
  session: given,
});

export const pass = async (ms: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms);
};

/** @param random what `Math.random` gives: how much of each back-off is waited */
export function useTime(random: number): void {
  vi.useFakeTimers({
    now: vi.isFakeTimers() ? Date.now() : START,
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
  vi.spyOn(Math, 'random').mockReturnValue(random);
  onTestFinished(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });
}

/** Until this many sockets have been opened; gives how long that took. */
export async function untilSockets({ sockets }: Stage, count: number, mostMs = 70_000): Promise<number> {
  const from = Date.now();
  while (sockets.length < count && Date.now() - from < mostMs) await pass(250);
  expect(sockets).toHaveLength(count);
  return Date.now() - from;
}

export interface Stage {
  readonly client: Client;
  readonly chat: Chat;
  readonly sockets: readonly FakeSocket[];
  readonly socket: () => FakeSocket;
  readonly requests: readonly FakeRequest[];
  readonly request: () => FakeRequest;
  readonly posts: () => readonly FakeRequest[];
  readonly problems: readonly Problem[];
  /** How often a token was asked for. */
  readonly tokensAsked: () => number;
  /** Opens the last socket, welcomes it and follows the appointment. */
  readonly goLive: (given?: Session) => Promise<FakeSocket>;
}

export function setStage(options: Partial<ClientOptions> = {}, random = 0.5): Stage {
  if (!vi.isFakeTimers()) useTime(random);
  const sockets: FakeSocket[] = [];
  const requests: FakeRequest[] = [];
  const problems: Problem[] = [];
  const getToken = vi.fn<() => Promise<string>>(options.getToken ?? (async () => tokenOf(PATIENT)));
  class Socket extends FakeSocket {
    constructor(url: string) {
      super(url);
      sockets.push(this);
    }
  }
  const client = createClient({
    baseUrl: 'https://chat.example.org',
    WebSocket: Socket,
    fetch: recordInto(requests),
    onProblem: (problem) => problems.push(problem),
    ...options,
    getToken,
  });
  onTestFinished(() => client.close());
  const chat = client.appointment(APPOINTMENT);
  return {
    client,
    chat,
    sockets,
    socket: () => lastOf(sockets),
    requests,
    request: () => lastOf(requests),
    posts: () => requests.filter(({ method }) => method === 'POST'),
    problems,
    tokensAsked: () => getToken.mock.calls.length,
    goLive: async (given = session()) => {
      await pass(0);
      const socket = lastOf(sockets);
      socket.emit('open');
      socket.receive(welcome(), following(chat.get().n, given));
      return socket;
    },
  };
}

function lastOf<Value>(values: readonly Value[]): Value {
  const value = values.at(-1);
  if (value === undefined) throw new Error('There is none yet');
  return value;
}

const recordInto =
  (requests: FakeRequest[]): Fetch =>
  (url, options) =>
    new Promise((resolve, reject) => {
      const answer: FakeRequest['answer'] = async (status, body, headers = {}) => {
        resolve({ status, headers: { get: (name) => headers[name] ?? null }, json: async () => body });
        await pass(0);
      };
      requests.push({
        ...options,
        path: url.replace('https://chat.example.org', ''),
        answer,
        succeed: (data) => answer(200, { success: true, message: 'ok', data }),
        refuse: (status, code, headers) => answer(status, { success: false, code, message: code }, headers),
        fail: async () => {
          reject(new TypeError('fetch failed'));
          await pass(0);
        },
      });
    });
