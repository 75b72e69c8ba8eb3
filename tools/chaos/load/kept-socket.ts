import type { Random } from '../../kit/random.ts';

type Frame = Readonly<Record<string, unknown>>;

export interface KeptSocket {
  /** Nothing where it is not open. */
  readonly send: (frame: object) => void;
  readonly close: () => void;
}

export interface KeptSocketOptions {
  readonly apiPorts: readonly number[];
  readonly random: Random;
  /** The first frame of each connection. */
  readonly hello: () => object;
  readonly onFrame: (frame: Frame) => void;
}

const RECONNECT_MS = { min: 50, max: 1_000 } as const;
/** It leaves by itself now and then, as a phone does. */
const STAYS_MS = { min: 3_000, max: 20_000 } as const;
const PING_EVERY_MS = 1_000;
const ANSWERS_WITHIN_MS = 9_000;

/** Keeps a socket to some API, and opens another where it breaks or nothing is heard any more. */
export function keepSocket({ apiPorts, random, hello, onFrame }: KeptSocketOptions): KeptSocket {
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let socket: WebSocket | null = null;
  const again = (mostMs: number): void => {
    if (!isClosed) timer = setTimeout(connect, random.between(RECONNECT_MS.min, mostMs));
  };

  function connect(): void {
    const opened = new WebSocket(`ws://127.0.0.1:${random.pick(apiPorts)}/api/live`);
    socket = opened;
    let heardAtMs = performance.now();
    const leavesAtMs = heardAtMs + random.between(STAYS_MS.min, STAYS_MS.max);
    const pinging = setInterval(() => {
      const nowMs = performance.now();
      if (nowMs > leavesAtMs || nowMs - heardAtMs > ANSWERS_WITHIN_MS) leave();
      else if (opened.readyState === WebSocket.OPEN) opened.send('{"type":"ping","id":1}');
    }, PING_EVERY_MS);
    /** Nothing of this connection counts any more, whatever still comes of it. */
    function leave(): void {
      clearInterval(pinging);
      if (socket !== opened) return;
      socket = null;
      opened.close();
      again(RECONNECT_MS.max);
    }
    opened.addEventListener('open', () => opened.send(JSON.stringify(hello())));
    opened.addEventListener('message', ({ data }) => {
      heardAtMs = performance.now();
      if (socket === opened) onFrame(JSON.parse(String(data)));
    });
    opened.addEventListener('close', leave);
    opened.addEventListener('error', leave);
  }

  again(RECONNECT_MS.max);
  return {
    send: (frame) => {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      const last = socket;
      socket = null;
      last?.close();
    },
  };
}
