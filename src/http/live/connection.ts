import type { RawData, WebSocket } from 'ws';
import type { UserId } from '../../billing/ids.ts';
import { instant } from '../../billing/time.ts';
import type { Caller } from '../auth/caller.ts';
import { rfc3339 } from '../rfc3339.ts';
import { createFollows, type LiveSource } from './follows.ts';
import {
  type ClientFrame,
  type CloseReason,
  CLOSES,
  createFrameRate,
  type FollowRequest,
  parseFrame,
} from './frames.ts';
import { createSendBuffer } from './send-buffer.ts';

/** Whose token it is, or why it is not accepted. @throws KeysUnavailable */
export type Authenticate = (token: string) => Promise<Caller | 'expired' | 'unknown'>;

export interface ConnectionOptions {
  readonly socket: WebSocket;
  readonly source: LiveSource;
  readonly authenticate: Authenticate;
  /** While something waits to be sent, the socket is closed after this time without reading or sending. */
  readonly stalledMs: number;
  /** Called at a good hello; false where this user has too many sockets already. */
  readonly admit: (userId: UserId) => boolean;
  readonly onError: (error: unknown) => void;
}

/** One client's socket. */
export interface Connection {
  /** Whose it is; null before hello. */
  readonly userId: () => UserId | null;
  /** Closes it where the client has been silent, or has read nothing, for too long. */
  readonly check: () => void;
  readonly close: (reason: CloseReason, reconnectAfterMs?: number) => void;
  /** The code with which we closed it, also where the client never received it; null where we did not close it. */
  readonly closedWith: () => number | null;
}

const HELLO_WITHIN_MS = 10_000;
const PING_SECONDS = 25;
const IDLE_SECONDS = 75;
/** How long the client has to answer a close before the connection is cut. */
const CLOSING_MS = 3_000;
/** What `setTimeout` takes at most, 24 days: for a token that is valid for longer no timer is set. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Serves one socket. Its handlers are attached at once, so that no frame is lost. */
export function openConnection(options: ConnectionOptions): Connection {
  const { socket, stalledMs, onError } = options;
  const sendBuffer = createSendBuffer(socket);
  const isWithinRate = createFrameRate(() => performance.now());
  const openedAtMs = performance.now();
  let framedAtMs = openedAtMs;
  let hasSaidHello = false;
  let isClosing = false;
  let closedWith: number | null = null;
  /** Frames are answered one after the other, in the order in which they came. */
  let handled = Promise.resolve();

  function close(reason: CloseReason, reconnectAfterMs = 0): void {
    if (isClosing) return;
    sendBuffer.send({ type: 'bye', code: CLOSES[reason], reason, reconnect_after_ms: reconnectAfterMs });
    stop();
    closedWith = CLOSES[reason];
    socket.close(closedWith, reason);
    cutSoon(socket);
  }
  const client = createClient({ ...options, sendBuffer, close, isClosing: () => isClosing });
  function stop(): void {
    isClosing = true;
    client.stop();
  }

  /** Notes that a frame came; false where the socket is being closed. */
  function accepts(): boolean {
    framedAtMs = performance.now();
    if (!isClosing && !isWithinRate()) close('too_many_frames');
    return !isClosing;
  }

  socket.on('ping', (data) => {
    if (accepts()) sendBuffer.pong(data);
  });
  socket.on('pong', accepts);
  socket.on('message', (data, isBinary) => {
    if (!accepts()) return;
    const frame = isBinary ? null : parseFrame(textOf(data));
    if (frame === null || (frame.type === 'hello') === hasSaidHello) return close('bad_frame');
    hasSaidHello = true;
    handled = handled
      .then(() => (isClosing ? undefined : client.answer(frame)))
      .catch((error: unknown) => {
        onError(error);
        close('unavailable');
      });
  });
  socket.on('close', stop);
  // Without a listener it would end the process. ws itself closes then, as where a frame is too large.
  socket.on('error', () => cutSoon(socket));

  return {
    userId: client.userId,
    close,
    closedWith: () => closedWith,
    check: () => {
      const nowMs = performance.now();
      if (client.userId() === null && nowMs - openedAtMs > HELLO_WITHIN_MS) close('hello_timeout');
      else if (nowMs - framedAtMs > IDLE_SECONDS * 1000) close('idle');
      else if (sendBuffer.isOverfull()) close('stalled');
      else if (!sendBuffer.isEmpty() && nowMs - Math.max(framedAtMs, sendBuffer.movedAtMs()) > stalledMs)
        close('stalled');
    },
  };
}

/** The client has a moment to answer a close; cut at once, it would not even read why. */
export const cutSoon = (socket: Pick<WebSocket, 'terminate'>): void =>
  void setTimeout(() => socket.terminate(), CLOSING_MS).unref();

/** What the frames of one client do. */
function createClient(
  options: ConnectionOptions & {
    readonly sendBuffer: ReturnType<typeof createSendBuffer>;
    readonly close: Connection['close'];
    readonly isClosing: () => boolean;
  },
) {
  const { source, authenticate, admit, sendBuffer, close, isClosing, onError } = options;
  let caller: Caller | null = null;
  let expiry: NodeJS.Timeout | undefined;
  const follows = createFollows({ source, sendBuffer, onError, caller: () => caller });

  /** Whose token it is; null where that closed the socket. */
  async function recognise(token: string): Promise<Caller | null> {
    const found = await authenticate(token);
    if (isClosing()) return null;
    if (found === 'unknown' || found === 'expired') {
      close(found === 'expired' ? 'token_expired' : 'unauthenticated');
      return null;
    }
    if (caller !== null && caller.userId !== found.userId) {
      close('token_mismatch');
      return null;
    }
    caller = found;
    clearTimeout(expiry);
    const leftMs = Math.max(0, found.tokenExpiresAtMs - Date.now());
    if (leftMs < LONGEST_TIMER_MS) expiry = setTimeout(() => close('token_expired'), leftMs);
    return found;
  }

  async function hello(token: string, requests: readonly FollowRequest[]): Promise<void> {
    const found = await recognise(token);
    if (found === null) return;
    if (!admit(found.userId)) return close('too_many_sockets');
    sendBuffer.send({
      type: 'welcome',
      user_id: found.userId,
      token_expires_at: expiryOf(found),
      ping_seconds: PING_SECONDS,
      idle_seconds: IDLE_SECONDS,
    });
    // Of several for one appointment the last counts, as if they had come one by one.
    const last = new Map(requests.map((request) => [request.appointmentId, request]));
    await Promise.all([...last.values()].map(follows.follow));
  }

  async function renew(token: string): Promise<void> {
    const found = await recognise(token);
    if (found === null) return;
    await follows.checkRights();
    sendBuffer.send({ type: 'token', token_expires_at: expiryOf(found) });
  }

  return {
    userId: (): UserId | null => caller?.userId ?? null,
    stop: (): void => {
      clearTimeout(expiry);
      follows.close();
    },
    answer: (frame: ClientFrame): Promise<void> | void => {
      switch (frame.type) {
        case 'hello':
          return hello(frame.token, frame.follow);
        case 'follow':
          return follows.follow(frame);
        case 'unfollow':
          return follows.unfollow(frame.appointmentId);
        case 'token':
          return renew(frame.token);
        case 'ping':
          return sendBuffer.send({ type: 'pong', id: frame.id });
      }
    },
  };
}

const expiryOf = ({ tokenExpiresAtMs }: Caller): string => rfc3339(instant(tokenExpiresAtMs));

/** A message comes in one piece unless it is asked for otherwise. */
function textOf(data: RawData): string {
  if (data instanceof ArrayBuffer) return Buffer.from(data).toString();
  return Array.isArray(data) ? Buffer.concat(data).toString() : data.toString();
}
