/** The client of the session engine: what the two people of a chat see, the moment the server decides it. */
import { type Appointment, createAppointment } from './appointment.ts';
import type { Chat } from './chat.ts';
import { createServerClock } from './clock.ts';
import { createConnection } from './connection.ts';
import type { ClientFrame } from './contract.ts';
import { type Fetch, newUUID, type SocketConstructor, watchPage } from './environment.ts';
import { createRequest } from './http.ts';
import type { Report } from './problem.ts';
import { openSocket } from './socket.ts';
import { openOutboxStore, type Storage } from './storage.ts';
import { createTokens } from './token.ts';

export type { Chat, ConnectionState, Snapshot } from './chat.ts';
export type {
  EndedSession,
  EndReason,
  EventData,
  EventType,
  KnownEvent,
  Receipt,
  Role,
  Session,
  SessionEvent,
} from './contract.ts';
export type { Message } from './log.ts';
export { ClientError, type Problem } from './problem.ts';
export type { SentMessage } from './sender.ts';
export type { Storage } from './storage.ts';
export type { TimeLeft } from './time-left.ts';
export type { Warning } from './warning.ts';

export interface ClientOptions {
  /** Where the API is: `https://chat.example.org`. A path is kept; `/api` at its end may be there or not. */
  readonly baseUrl: string;
  /** A token of the user that is valid now. Asked before each connection, and again when one is about to end. */
  readonly getToken: () => Promise<string>;
  /** Calls `wake` when the app comes to the front; gives what ends that. A browser page is watched without it. */
  readonly lifecycle?: (wake: () => void) => () => void;
  /** Where messages that wait survive the app. Kept apart by server, user and appointment. */
  readonly storage?: Storage;
  readonly WebSocket?: SocketConstructor;
  readonly fetch?: Fetch;
  readonly randomUUID?: () => string;
  /** What went wrong: recovered, or to be handled by the app. @default console.warn */
  readonly onProblem?: Report;
}

export interface Client {
  /** The same object for the same id. It follows the appointment from now on. */
  readonly appointment: (appointmentId: number) => Chat;
  /** The device woke up, the network is back, or the user signed in again: checks the connection at once. */
  readonly wake: () => void;
  /** Ends everything. What waits stays in the storage; promises reject with `closed`. */
  readonly close: () => void;
}

const TICK_MS = 250;
/** A browser opens six connections to a host: four may hang in a poll, the rest is for what the user does. */
const WAITING_POLLS = 4;

/** One client for one user; for another user, close it and make another. @throws TypeError for a bad `baseUrl` */
export function createClient(options: ClientOptions): Client {
  const { baseUrl, storage, lifecycle, randomUUID: newId = newUUID } = options;
  const apiUrl = apiUrlOf(baseUrl);
  const report: Report = options.onProblem ?? console.warn;
  const socketUrl = `${apiUrl.replace(/^http/, 'ws')}/live`;
  const appointments = new Map<number, Appointment>();
  let isClosed = false;
  let ticking: ReturnType<typeof setInterval> | undefined;

  const clock = createServerClock();
  const tokens = createTokens(options.getToken, clock, () => appointments.forEach(openOutbox));
  const connection = createConnection(
    (token, onFrame, onEnd) => {
      const hello = (): ClientFrame => ({
        type: 'hello',
        token,
        follow: Array.from(appointments.values()).flatMap(({ inHello }) => inHello()),
      });
      return openSocket(options.WebSocket ?? WebSocket, socketUrl, hello, onFrame, onEnd);
    },
    tokens,
    clock,
    (frame) => {
      if ('appointment_id' in frame) appointments.get(frame.appointment_id)?.takeFrame(frame);
    },
    () => appointments.forEach(({ onMode }) => onMode()),
    report,
  );
  const request = createRequest(
    options.fetch ?? ((url, init) => fetch(url, init)),
    apiUrl,
    tokens,
    clock,
    () => isClosed,
    connection.signOut,
  );
  /** Waiting messages belong to a user: before the user is known, nothing is read and nothing is sent. */
  function openOutbox(appointment: Appointment, id: number): void {
    const userId = tokens.userId();
    const key = `session-engine:${apiUrl}:${userId}:${id}`;
    if (storage && userId >= 0) void appointment.openOutbox(openOutboxStore(storage, key, report));
    else if (!storage) void appointment.openOutbox(null);
  }

  function tick(): void {
    connection.tick();
    appointments.forEach((appointment) => appointment.tick(appointments.size > WAITING_POLLS));
  }

  function wake(isAsked: boolean): void {
    if (isClosed || !ticking) return;
    connection.wake(isAsked);
    appointments.forEach((appointment) => appointment.wake());
    tick();
  }

  const wokenByDevice = (): void => wake(false);
  const unwatch = [watchPage(wokenByDevice), lifecycle?.(wokenByDevice)];

  return {
    appointment: (id) => {
      let appointment = appointments.get(id);
      if (appointment === undefined) {
        appointment = createAppointment(id, clock, request, connection, newId, tokens.userId, report);
        appointments.set(id, appointment);
        openOutbox(appointment, id);
      }
      if (!isClosed) {
        appointment.open();
        ticking ??= setInterval(tick, TICK_MS);
        tick();
      }
      return appointment.chat;
    },
    wake: () => wake(true),
    close: () => {
      isClosed = true;
      clearInterval(ticking);
      for (const stop of unwatch) stop?.();
      connection.close();
      appointments.forEach((appointment) => appointment.close());
    },
  };
}

function apiUrlOf(baseUrl: string): string {
  if (!/^https?:/.test(baseUrl)) throw new TypeError('baseUrl is no http address');
  return `${baseUrl.replace(/(\/api)?\/*$/, '')}/api`;
}
