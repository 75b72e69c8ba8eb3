/** One socket, from its opening to its end: hello, pings, and an end when it falls silent. */
import type { ClientFrame, ServerFrame } from './contract.ts';
import type { SocketConstructor } from './environment.ts';
import type { Ending } from './reconnect.ts';
import { steadyMs } from './time.ts';

const PING_EVERY_MS = 25_000;
const FRAME_WITHIN_MS = 10_000;
const FRAME_WITHIN_WHEN_WOKEN_MS = 3_000;

export interface LiveSocket {
  /** Only after the welcome. */
  readonly send: (frame: ClientFrame) => void;
  /** Pings where that is due, and ends a socket that has been silent for too long. */
  readonly tick: () => void;
  /** Asks whether the server is still there, and waits less long than usual. */
  readonly probe: () => void;
  /** `onEnd` is not called any more. */
  readonly close: () => void;
}

/**
 * @param hello makes the first frame, when the socket is open
 * @param onEnd called once, whichever side ended it
 * @throws what the constructor throws: a page may be forbidden to open any
 */
export function openSocket(
  WebSocket: SocketConstructor,
  url: string,
  hello: () => ClientFrame,
  onFrame: (frame: ServerFrame) => void,
  onEnd: (ending: Ending) => void,
): LiveSocket {
  const socket = new WebSocket(url);
  let isOver = false;
  let isWelcome = false;
  let bye: Partial<Ending> = {};
  let pingAtMs = Infinity;
  /** A frame has to come before; first the welcome. */
  let silentAtMs = steadyMs() + FRAME_WITHIN_MS;

  const send = (frame: ClientFrame): void => socket.send(JSON.stringify(frame));
  const close = (): void => {
    isOver = true;
    socket.close();
  };
  const end = (code = 1006, reason = ''): void => {
    if (isOver) return;
    close();
    onEnd({ code, reason, ...bye, isWelcome });
  };
  const ping = (withinMs: number): void => {
    pingAtMs = steadyMs() + PING_EVERY_MS;
    silentAtMs = steadyMs() + withinMs;
    send({ type: 'ping', id: 1 });
  };

  function take(frame: ServerFrame): void {
    if (frame.type === 'bye') bye = frame;
    if (frame.type === 'welcome') {
      isWelcome = true;
      pingAtMs = steadyMs() + PING_EVERY_MS;
    }
    if (isWelcome) silentAtMs = Infinity;
    onFrame(frame);
  }

  socket.addEventListener('open', () => {
    if (!isOver) send(hello());
  });
  socket.addEventListener('message', ({ data }) => {
    if (!isOver) take(JSON.parse(String(data)));
  });
  // A close follows; without a listener some sockets throw.
  socket.addEventListener('error', () => {});
  socket.addEventListener('close', ({ code, reason }) => end(code, reason));

  return {
    send,
    tick: () => {
      if (steadyMs() >= silentAtMs) end();
      else if (steadyMs() >= pingAtMs) ping(FRAME_WITHIN_MS);
    },
    probe: () => {
      if (isWelcome) ping(FRAME_WITHIN_WHEN_WOKEN_MS);
    },
    close,
  };
}
