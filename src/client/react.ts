/** The client in React: what a component needs of a chat, and nothing that has to be cleaned up by hand. */
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { Chat, Client, Snapshot, TimeLeft } from './create-client.ts';

/** Components that show a chat, by the chat: the last one to go closes it. */
const shownBy = new WeakMap<Chat['get'], number>();

function show(client: Client, chat: Chat): () => void {
  const count = shownBy.get(chat.get) ?? 0;
  shownBy.set(chat.get, count + 1);
  client.appointment(chat.appointmentId);
  return () => {
    const left = (shownBy.get(chat.get) ?? 1) - 1;
    shownBy.set(chat.get, left);
    if (left === 0) chat.close();
  };
}

/** The chat with its snapshot: `chat.messages`, `chat.session`, `chat.send('Hello')`. Renders again when it changes. */
export function useAppointment(client: Client, appointmentId: number): Chat & Snapshot {
  const chat = useMemo(() => client.appointment(appointmentId), [client, appointmentId]);
  const subscribe = useCallback(
    (listener: () => void) => {
      const unsubscribe = chat.subscribe(listener);
      const hide = show(client, chat);
      return () => {
        unsubscribe();
        hide();
      };
    },
    [client, chat],
  );
  const snapshot = useSyncExternalStore(subscribe, chat.get, chat.get);
  return useMemo(() => ({ ...chat, ...snapshot }), [chat, snapshot]);
}

const READ_EVERY_MS = 250;

/** Until the session ends, in whole seconds that count down; null where none is active. */
export function useTimeLeft({ subscribe, timeLeft }: Chat): TimeLeft | null {
  const clock = useMemo(() => createClock(subscribe, timeLeft), [subscribe, timeLeft]);
  const left = useSyncExternalStore(clock.watch, clock.shown, clock.shown);
  return useMemo(() => JSON.parse(left), [left]);
}

/** The shown value changes only when the listener is called: React reads it twice, maybe on both sides of a full second. */
function createClock(subscribe: Chat['subscribe'], timeLeft: Chat['timeLeft']) {
  // A text, because the same time has to be the same value.
  const read = (): string => JSON.stringify(wholeSeconds(timeLeft()));
  let shown = read();
  return {
    shown: () => shown,
    watch: (listener: () => void) => {
      const update = (): void => {
        shown = read();
        listener();
      };
      update();
      const unsubscribe = subscribe(update);
      const timer = setInterval(update, READ_EVERY_MS);
      return () => {
        unsubscribe();
        clearInterval(timer);
      };
    },
  };
}

/** The server's clock is known to within some ms: less than this over a full second is that second. */
const INEXACT_MS = 100;

const wholeSeconds = (left: TimeLeft | null): TimeLeft | null =>
  left === null ? null : { ...left, ms: Math.max(0, Math.ceil((left.ms - INEXACT_MS) / 1000)) * 1000 };
