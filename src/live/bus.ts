import { randomUUID } from 'node:crypto';
import type { Wakes } from '../sessions/wakes.ts';
import { createPendingWakes, parseWakes } from './payload.ts';

/**
 * Carries wakes from the process that committed to those with followers. It only saves time: a wake that it loses is made
 * up for by the comparison that each process makes every few seconds.
 */
export interface Bus {
  /** Never throws and never waits. What cannot be sent is dropped. */
  readonly publish: (wakes: Wakes) => void;
  readonly close: () => Promise<void>;
}

/** The way between processes: Redis or PostgreSQL. Its connections are opened again for ever. */
export interface Transport {
  /** @throws where it is away. */
  readonly send: (payload: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface TransportOptions {
  readonly url: string;
  readonly channel: string;
  /** Null where this process only sends. */
  readonly onMessage: ((payload: string) => void) | null;
  /** It hears from now on. */
  readonly onConnected: () => void;
  readonly onError: (error: unknown) => void;
}

/** A connection that does not answer within this time is opened again. */
export const ANSWER_TIMEOUT_MS = 2_000;
/** How often it is asked. */
export const PULSE_EVERY_MS = 2_000;
/** The longest pause between two attempts to connect. */
export const MAX_RETRY_MS = 1_000;

/** Hears what others publish. */
export interface Listener {
  readonly onWakes: (wakes: Wakes) => void;
  /** It hears from now on; what was published before is lost. */
  readonly onConnected: () => void;
}

/** `listener` is null in a process without followers. Messages of this process itself are not heard. */
export async function openBus(
  open: (
    onMessage: TransportOptions['onMessage'],
    onConnected: TransportOptions['onConnected'],
  ) => Promise<Transport>,
  listener: Listener | null,
): Promise<Bus> {
  const self = randomUUID();
  const hear =
    ({ onWakes }: Listener) =>
    (payload: string): void => {
      const heard = parseWakes(payload);
      if (heard !== null && heard.sender !== self) onWakes(heard.wakes);
    };
  const transport = await open(listener === null ? null : hear(listener), () => listener?.onConnected());
  const pending = createPendingWakes();
  let isSending = false;

  /** One message at a time: what is committed while it is under way goes together in the next. */
  async function sendAll(): Promise<void> {
    if (isSending) return;
    isSending = true;
    for (let payload = pending.next(self); payload !== null; payload = pending.next(self)) {
      // A bus that is away makes followers late, never wrong.
      await transport.send(payload).catch(() => {});
    }
    isSending = false;
  }

  return {
    publish: (wakes) => {
      listener?.onWakes(wakes);
      pending.add(wakes);
      void sendAll();
    },
    close: transport.close,
  };
}
