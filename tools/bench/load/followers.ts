import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { tokenFor } from '../../kit/tokens.ts';
import { FIRST_DOCTOR } from '../clinic/clinic-data.ts';

/** Sockets, each of which follows one session: the first is session 1's patient, the second its doctor, and so on. */
export interface Followers {
  /** When each event came, in the order in which it did. */
  readonly onEvent: (hear: (event: HeardEvent) => void) => void;
  /** Events that were not the next ones of their follow. */
  readonly outOfOrder: () => number;
  /** Events in all. */
  readonly events: () => number;
  /** Sockets that are welcomed and follow. */
  readonly following: () => number;
  /** Times that a socket was closed. */
  readonly closes: () => number;
  readonly close: () => Promise<void>;
}

export interface HeardEvent {
  /** Of a message; null for every other event. */
  readonly clientMessageId: string | null;
  readonly atMs: number;
}

export interface FollowersOptions {
  /** Sockets are spread over them; one that breaks goes to the next. */
  readonly ports: readonly number[];
  readonly count: number;
  /** The number of the last event that each session's log has. */
  readonly after: number;
}

const OPENED_AT_ONCE = 100;
/** As the client of the product: the first try comes after 0 to 1 s, or when the server says. */
const FIRST_TRY_MS = 1_000;
const LONGEST_WAIT_MS = 120_000;

export async function openFollowers({ ports, count, after }: FollowersOptions): Promise<Followers> {
  const sockets = new Set<WebSocket>();
  let hear = (_event: HeardEvent): void => {};
  const seen = { events: 0, outOfOrder: 0, following: 0, closes: 0 };
  let isClosed = false;

  function open(index: number, attempt: number, cursor: number): void {
    if (isClosed) return;
    const port = ports[(index + attempt) % ports.length];
    const appointmentId = (index >> 1) + 1;
    const token = tokenFor(index % 2 === 0 ? appointmentId : appointmentId + FIRST_DOCTOR);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/api/live`, { perMessageDeflate: false });
    sockets.add(socket);
    let last = cursor;
    let isFollowing = false;
    let waitMs = Math.random() * FIRST_TRY_MS;
    socket.on('open', () => {
      const follow = [{ appointment_id: appointmentId, after: last }];
      socket.send(JSON.stringify({ type: 'hello', token, follow }));
    });
    socket.on('message', (data: Buffer) => {
      const atMs = performance.now();
      const frame: Readonly<Record<string, unknown>> = JSON.parse(data.toString());
      if (frame['type'] === 'following') {
        isFollowing = true;
        seen.following += 1;
      }
      if (frame['type'] === 'bye') waitMs = Number(frame['reconnect_after_ms']);
      if (frame['type'] !== 'event') return;
      const event: Readonly<Record<string, unknown>> = Object(frame['event']);
      seen.events += 1;
      if (event['n'] !== last + 1) seen.outOfOrder += 1;
      last = Number(event['n']);
      const message = Object(Object(event['data'])['message']);
      hear({ atMs, clientMessageId: message['client_message_id'] ?? null });
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      seen.closes += 1;
      if (isFollowing) seen.following -= 1;
      setTimeout(() => open(index, attempt + 1, last), waitMs).unref();
    });
  }

  for (let from = 0; from < count; from += OPENED_AT_ONCE) {
    const end = Math.min(count, from + OPENED_AT_ONCE);
    for (let index = from; index < end; index += 1) open(index, 0, after);
    await untilFollowing(seen, end);
  }
  return {
    onEvent: (listener) => {
      hear = listener;
    },
    outOfOrder: () => seen.outOfOrder,
    events: () => seen.events,
    following: () => seen.following,
    closes: () => seen.closes,
    close: async () => {
      isClosed = true;
      await Promise.all(
        [...sockets].map(async (socket) => {
          const closed = once(socket, 'close');
          socket.terminate();
          await closed;
        }),
      );
    },
  };
}

async function untilFollowing(seen: { readonly following: number }, count: number): Promise<void> {
  const deadline = performance.now() + LONGEST_WAIT_MS;
  while (seen.following < count) {
    if (performance.now() > deadline)
      throw new Error(`only ${seen.following} of ${count} sockets follow after ${LONGEST_WAIT_MS / 1000} s`);
    await pause(5);
  }
}
