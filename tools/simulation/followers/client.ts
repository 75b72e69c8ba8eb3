import type { UserId } from '../../../src/billing/ids.ts';
import type { Caller } from '../../../src/http/auth/caller.ts';
import { createFollows, type LiveSource } from '../../../src/http/live/follows.ts';
import { APPOINTMENT } from './clinic.ts';

/** A client with a socket of its own: keeps what it gets, and complains of what a client may rely on and did not get. */
export interface Client {
  /** Follows with its own cursor; one that follows already replaces its follow. */
  readonly follow: () => Promise<void>;
  /** The socket breaks: what was on its way is lost. */
  readonly cut: () => void;
  /** Its network takes no more, until it does again. */
  readonly block: () => void;
  readonly unblock: () => void;
  readonly isConnected: () => boolean;
  /** The number of the last event that it has. */
  readonly cursor: () => number;
  /** What it would show: the last session that it received. */
  readonly shown: () => Readonly<Record<string, unknown>> | null;
  readonly complaints: () => readonly string[];
}

type Frame = Readonly<Record<string, unknown>>;

/** Checks what comes as it comes. */
function openInbox(name: string) {
  const complaints: string[] = [];
  let cursor = 0;
  let shown: Frame | null = null;
  /** Since it asked last. */
  let isFollowing = false;

  function takeEvent(n: number): void {
    if (!isFollowing) complaints.push(`${name} got event ${n} before "following"`);
    if (n !== cursor + 1) complaints.push(`${name} got event ${n} after ${cursor}`);
    cursor = n;
  }
  function takeState(session: Frame): void {
    const [before, now] = [Number(shown?.['event_no']), Number(session['event_no'])];
    if (now < before) complaints.push(`${name} got a state with event ${now} after one with ${before}`);
    shown = session;
  }
  return {
    ask: (): void => {
      isFollowing = false;
    },
    take: (frame: Frame): void => {
      switch (frame['type']) {
        case 'following':
          isFollowing = true;
          shown = Object(frame['session']);
          return;
        case 'event':
          return takeEvent(Number(Object(frame['event'])['n']));
        case 'state':
          return takeState(Object(frame['session']));
        default:
          complaints.push(`${name} got ${JSON.stringify(frame)}`);
      }
    },
    complain: (words: string) => void complaints.push(words),
    cursor: () => cursor,
    shown: () => shown,
    complaints: () => complaints,
  };
}

export function openClient(name: string, userId: UserId, source: LiveSource): Client {
  const { ask, take, complain, cursor, shown, complaints } = openInbox(name);
  let isBlocked = false;
  let unblocked = (): void => {};
  let whenUnblocked = Promise.resolve();
  let socket: ReturnType<typeof createFollows> | null = null;
  const caller: Caller = {
    userId,
    isAdmin: false,
    tokenExpiresAtMs: Number.POSITIVE_INFINITY,
    cameBy: 'token',
    tokenKey: null,
  };

  function connect(): ReturnType<typeof createFollows> {
    const opened = createFollows({
      source,
      caller: () => caller,
      onError: (error) => complain(`${name}: ${String(error)}`),
      sendBuffer: {
        send: (frame) => {
          if (opened === socket) take({ ...frame });
        },
        isFull: () => isBlocked,
        ready: () => whenUnblocked,
      },
    });
    return opened;
  }

  return {
    follow: async () => {
      socket ??= connect();
      ask();
      await socket.follow({ appointmentId: APPOINTMENT, after: cursor() });
    },
    cut: () => {
      socket?.close();
      socket = null;
    },
    block: () => {
      if (isBlocked) return;
      isBlocked = true;
      whenUnblocked = new Promise((resolve) => {
        unblocked = resolve;
      });
    },
    unblock: () => {
      isBlocked = false;
      unblocked();
    },
    isConnected: () => socket !== null,
    cursor,
    shown,
    complaints,
  };
}
