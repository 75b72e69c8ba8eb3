/**
 * How the demo page stops the worker and starts it again. The API only asks: `npm start`, which runs both as its
 * children, does it. They talk over the channel that Node gives a child; no other process can.
 */
import { once } from 'node:events';

const ANSWER_TIMEOUT_MS = 10_000;

export interface WorkerSwitch {
  /** False while the worker is stopped by this switch. */
  readonly isOn: () => boolean;
  /** Resolves when it is done. @throws where it cannot be done, or takes more than 10 s */
  readonly set: (isOn: boolean) => Promise<void>;
}

/** What is asked, and what is answered when it is so. */
interface WorkerMessage {
  readonly type: 'worker';
  readonly isOn: boolean;
}

const isWorkerMessage = (message: unknown): message is WorkerMessage =>
  typeof message === 'object' &&
  message !== null &&
  'type' in message &&
  message.type === 'worker' &&
  'isOn' in message &&
  typeof message.isOn === 'boolean';

/** The switch of a process that `npm start` runs; null for one that was started in another way. */
export function openWorkerSwitch(self: NodeJS.Process): WorkerSwitch | null {
  if (self.send === undefined) return null;
  const send = self.send.bind(self);
  let isOn = true;
  let last: Promise<void> = Promise.resolve();

  async function ask(asked: WorkerMessage): Promise<void> {
    const answer = once(self, 'message', { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    send(asked);
    const [message]: unknown[] = await answer;
    if (!isWorkerMessage(message)) throw new Error('the answer about the worker cannot be read');
    isOn = message.isOn;
  }

  return {
    isOn: () => isOn,
    // One after the other, so that an answer belongs to the last question.
    set: (wanted) => {
      const done = last.then(() => ask({ type: 'worker', isOn: wanted }));
      last = done.catch(() => {});
      return done;
    },
  };
}

/** What `npm start` can do with its worker. */
export interface Pausable {
  readonly pause: () => Promise<void>;
  readonly resume: () => void;
}

/** The other end of the channel. */
export interface WorkerSwitchboard {
  /** From now on there is a worker to switch. */
  readonly connect: (worker: Pausable) => void;
  /** Does what a message asks, then answers. Other messages are not for it. */
  readonly onMessage: (message: unknown, answer: (message: object) => void) => void;
}

export function createWorkerSwitchboard(): WorkerSwitchboard {
  let worker: Pausable | null = null;
  return {
    connect: (started) => {
      worker = started;
    },
    onMessage: (message, answer) => {
      if (!isWorkerMessage(message) || worker === null) return;
      const { isOn } = message;
      if (isOn) worker.resume();
      const done = isOn ? Promise.resolve() : worker.pause();
      void done.then(() => answer({ type: 'worker', isOn } satisfies WorkerMessage));
    },
  };
}
