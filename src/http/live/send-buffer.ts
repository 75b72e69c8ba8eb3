import type { WebSocket } from 'ws';

/** Bytes that may wait for one socket before its followers read no more for it. */
const FULL_BYTES = 64 * 1024;
/** Bytes that nobody who reads at all can leave waiting: answers to frames of a client that takes none. */
const OVERFULL_BYTES = 1024 * 1024;

/** What is on its way to one client. */
export interface SendBuffer {
  readonly send: (frame: object) => void;
  /** Answers a ping of the protocol itself; not where it is full. */
  readonly pong: (data: Buffer) => void;
  /** Whether 64 KiB wait, or more. */
  readonly isFull: () => boolean;
  /** Resolves when it is not full. Never again once the socket is closed. */
  readonly ready: () => Promise<void>;
  readonly isEmpty: () => boolean;
  readonly isOverfull: () => boolean;
  /** When something was last taken out, by the process's own clock. */
  readonly movedAtMs: () => number;
}

export function createSendBuffer(
  socket: Pick<WebSocket, 'send' | 'pong' | 'readyState' | 'OPEN'>,
): SendBuffer {
  let waitingBytes = 0;
  let movedAtMs = performance.now();
  let waiting: (() => void)[] = [];

  const isFull = (): boolean => waitingBytes >= FULL_BYTES;
  /** Counts what is given to the socket; what comes back is to be called when the network has taken it. */
  function count(bytes: number): () => void {
    if (waitingBytes === 0) movedAtMs = performance.now();
    waitingBytes += bytes;
    return () => {
      waitingBytes -= bytes;
      movedAtMs = performance.now();
      if (isFull()) return;
      const ready = waiting;
      waiting = [];
      for (const resolve of ready) resolve();
    };
  }

  return {
    send: (frame) => {
      if (socket.readyState !== socket.OPEN) return;
      const text = JSON.stringify(frame);
      socket.send(text, count(Buffer.byteLength(text)));
    },
    pong: (data) => {
      if (socket.readyState === socket.OPEN && !isFull()) socket.pong(data, false, count(data.length + 2));
    },
    isFull,
    ready: () =>
      isFull()
        ? new Promise((resolve) => {
            waiting.push(resolve);
          })
        : Promise.resolve(),
    isEmpty: () => waitingBytes === 0,
    isOverfull: () => waitingBytes > OVERFULL_BYTES,
    movedAtMs: () => movedAtMs,
  };
}
