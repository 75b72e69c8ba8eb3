/** Keeps one socket open: comes back after every end, renews the token, and says when a long poll has to do instead. */
import type { ServerClock } from './clock.ts';
import type { ClientFrame, ServerFrame } from './contract.ts';
import { ClientError, type Report } from './problem.ts';
import { afterEnd, type Ending, type Mode, noCounts } from './reconnect.ts';
import type { LiveSocket } from './socket.ts';
import { steadyMs } from './time.ts';
import { endsSoon, type Tokens } from './token.ts';

export type OpenSocket = (
  token: string,
  onFrame: (frame: ServerFrame) => void,
  onEnd: (ending: Ending) => void,
) => LiveSocket;

export interface Connection {
  readonly mode: () => Mode;
  /** Nothing happens where there is no welcome yet: the hello says it all. */
  readonly send: (frame: ClientFrame) => void;
  /** The device woke up, or the network is back. `isAsked`: by the app, which may have signed in again. */
  readonly wake: (isAsked: boolean) => void;
  readonly signOut: (code: string) => void;
  readonly tick: () => void;
  readonly close: () => void;
}

const STEADY_AFTER_MS = 10_000;
/** Where no new token came, or none that lives longer. */
const TOKEN_AGAIN_MS = 5_000;

export function createConnection(
  openSocketTo: OpenSocket,
  tokens: Tokens,
  clock: ServerClock,
  onFrame: (frame: ServerFrame) => void,
  onMode: () => void,
  report: Report,
): Connection {
  let mode: Mode = 'connecting';
  let counts = noCounts();
  let socket: LiveSocket | null = null;
  /** Infinity: a socket is open or being opened, or the user is signed out. */
  let retryAtMs = 0;
  /** Of the connection that counts: a token that was asked for by an earlier one is dropped. */
  let generation = 0;
  let steadyAtMs = Infinity;
  let tokenEndsAtMs = Infinity;
  let renewAtMs = Infinity;

  function drop(): void {
    generation += 1;
    socket?.close();
    socket = null;
    retryAtMs = steadyAtMs = renewAtMs = Infinity;
  }

  function enter(next: Mode): void {
    if (mode === next) return;
    mode = next;
    onMode();
  }

  function halt(next: Mode, code: string): void {
    drop();
    report({ code });
    enter(next);
  }

  function ended(ending: Ending): void {
    const [next, afterMs] = afterEnd(counts, ending, Math.random());
    if (afterMs === Infinity) return halt(next, ending.reason);
    drop();
    retryAtMs = steadyMs() + afterMs;
    enter(next);
  }

  /** With a new token, unless the connection is another by then. */
  async function withToken(use: (token: string) => void): Promise<void> {
    const mine = generation;
    try {
      const token = await tokens.fresh();
      if (mine === generation) use(token);
    } catch (cause) {
      if (mine !== generation) return;
      if (cause instanceof ClientError) return halt('signed_out', cause.code);
      report({ code: 'token_failed', cause });
      if (socket === null) ended({ code: 1006, reason: '', isWelcome: false });
    }
  }

  function connect(): void {
    drop();
    void withToken((token) => {
      socket = openSocketTo(token, take, ended);
    });
  }

  function take(frame: ServerFrame): void {
    if (frame.type === 'welcome') {
      if (!tokens.isUser(frame.user_id)) return halt('signed_out', 'token_mismatch');
      counts.failures = 0;
      steadyAtMs = steadyMs() + STEADY_AFTER_MS;
      enter('live');
    }
    if (frame.type === 'welcome' || frame.type === 'token') {
      tokenEndsAtMs = Date.parse(frame.token_expires_at);
      // One that is new and yet about to end is kept for a while: the next will hardly be better.
      renewAtMs = steadyMs() + TOKEN_AGAIN_MS;
    }
    onFrame(frame);
  }

  function tick(): void {
    socket?.tick();
    const now = steadyMs();
    if (now >= retryAtMs) connect();
    if (now >= steadyAtMs) counts = noCounts();
    if (now < renewAtMs || !endsSoon(tokenEndsAtMs, clock)) return;
    renewAtMs = now + TOKEN_AGAIN_MS;
    void withToken((token) => socket?.send({ type: 'token', token }));
  }

  return {
    mode: () => mode,
    send: (frame) => {
      if (mode === 'live') socket?.send(frame);
    },
    wake: (isAsked) => {
      if (retryAtMs < Infinity || (isAsked && mode !== 'live')) connect();
      else socket?.probe();
    },
    signOut: (code) => halt('signed_out', code),
    tick,
    close: drop,
  };
}
