import type { WebSocket } from 'ws';

/** Bytes that may wait for one socket before its followers read no more for it. */
const FULL_BYTES = 64 * 1024;
/** Bytes that nobody who reads at all can leave waiting: answers to frames of a client that takes none. */
const OVERFULL_BYTES = 1024 * 1024;

/** What is on its way to one client. */
export interface Outbox {
  readonly send: (frame: object) => void;
  /** Resolves when less than 64 KiB wait. Never again once the socket is closed. */
  readonly ready: () => Promise<void>;
  readonly isEmpty: () => boolean;
  readonly isOverfull: () => boolean;
  /** When something was last taken out, by the process's own clock. */
  readonly movedAtMs: () => number;
}

export function createOutbox(socket: Pick<WebSocket, 'send' | 'readyState' | 'OPEN'>): Outbox {
  let waitingBytes = 0;
  let movedAtMs = performance.now();
  let waiting: (() => void)[] = [];

  return {
    send: (frame) => {
      if (socket.readyState !== socket.OPEN) return;
      const text = JSON.stringify(frame);
      const bytes = Buffer.byteLength(text);
      if (waitingBytes === 0) movedAtMs = performance.now();
      waitingBytes += bytes;
      socket.send(text, () => {
        waitingBytes -= bytes;
        movedAtMs = performance.now();
        if (waitingBytes >= FULL_BYTES) return;
        const ready = waiting;
        waiting = [];
        for (const resolve of ready) resolve();
      });
    },
    ready: () =>
      waitingBytes < FULL_BYTES
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.push(resolve);
          }),
    isEmpty: () => waitingBytes === 0,
    isOverfull: () => waitingBytes > OVERFULL_BYTES,
    movedAtMs: () => movedAtMs,
  };
}
