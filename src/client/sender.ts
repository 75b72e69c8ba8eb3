/** Sends waiting messages: one at a time, in order, under the same id again until it is known whether it was stored. */
import type { Role, StoredMessage } from './contract.ts';
import { type Message, messageOf } from './log.ts';
import { added, afterError, type Outbox, retried, waiting, without } from './outbox.ts';
import { asError } from './http.ts';
import { ClientError } from './problem.ts';
import type { OutboxStore } from './storage.ts';
import { isDue, type Retry, retryNow, tryLater } from './time.ts';

export interface SentMessage {
  readonly clientMessageId: string;
  /** Rejects with a ClientError: the code of the failure, `discarded` or `closed`. */
  readonly sent: Promise<Message>;
}

export interface Sender {
  readonly outbox: () => Outbox;
  readonly send: (text: string) => SentMessage;
  readonly retry: (clientMessageId: string) => SentMessage;
  readonly discard: (clientMessageId: string) => void;
  /** It has become known, by an answer or by an event, that this message is stored. */
  readonly settle: (message: StoredMessage) => void;
  /** The user is known. What an earlier run of the app left is sent first. */
  readonly open: (store: OutboxStore | null) => Promise<void>;
  /** Tries what is due. `isWoken`: the network may be back, so nothing waits any more. */
  readonly tick: (isWoken?: boolean) => void;
  readonly close: () => void;
}

interface Waiter extends Pick<SentMessage, 'sent'> {
  readonly resolve: (message: Message) => void;
  readonly reject: (error: ClientError) => void;
}

export function createSender(
  newId: () => string,
  role: () => Role | null,
  isSignedOut: () => boolean,
  post: (clientMessageId: string, text: string | null, signal: AbortSignal) => Promise<StoredMessage>,
  onStored: (message: StoredMessage) => void,
  onChange: () => void,
): Sender {
  let outbox: Outbox = [];
  let store: OutboxStore | null = null;
  let isOpen = false;
  let saved: Promise<unknown> = Promise.resolve();
  let retry: Retry = retryNow();
  let underWay: AbortController | null = null;
  const waiters = new Map<string, Waiter>();

  /** The request under way is dropped where another message is the first now. */
  function change(next: Outbox): void {
    const [head] = waiting(outbox);
    outbox = next;
    if (head !== waiting(next)[0]) release();
    saved = store?.save(outbox) ?? saved;
    onChange();
    tick();
  }

  function release(): void {
    underWay?.abort();
    underWay = null;
    retry = retryNow();
  }

  function tick(isWoken = false): void {
    const [head] = waiting(outbox);
    if (isWoken && underWay === null) retry = retryNow();
    if (isOpen && !isSignedOut() && underWay === null && head !== undefined && isDue(retry)) void carry(head);
  }

  async function carry({ clientMessageId: id, text }: Message): Promise<void> {
    const mine = new AbortController();
    underWay = mine;
    await saved;
    const answer = underWay === mine ? await post(id, text, mine.signal).catch(asError) : null;
    if (underWay !== mine || answer === null) return;
    underWay = null;
    if (!(answer instanceof ClientError)) return settle(answer, id);
    const next = afterError(outbox, id, answer);
    if (next === null) return void tryLater(retry, answer.retryAfterMs);
    change(next);
    for (const { clientMessageId, failure } of next) if (failure) fail(clientMessageId, answer);
  }

  function settle(stored: StoredMessage, id: string): void {
    onStored(stored);
    if (outbox.some(({ clientMessageId }) => clientMessageId === id)) change(without(outbox, id));
    waiters.get(id)?.resolve(messageOf(stored));
    waiters.delete(id);
  }

  function fail(id: string, error: ClientError): void {
    waiters.get(id)?.reject(error);
    waiters.delete(id);
  }

  function start(id: string, next: Outbox): SentMessage {
    const waiter = waiters.get(id) ?? createWaiter();
    waiters.set(id, waiter);
    change(next);
    return { clientMessageId: id, sent: waiter.sent };
  }

  return {
    outbox: () => outbox,
    send: (text) => {
      // In the server's spelling, so that an event is known again.
      const id = newId().toLowerCase();
      return start(id, added(outbox, id, text, role()));
    },
    retry: (id) => {
      const sending = start(id, retried(outbox, id));
      tick(true);
      return sending;
    },
    discard: (id) => {
      change(without(outbox, id));
      fail(id, new ClientError('discarded'));
    },
    settle: (stored) => settle(stored, stored.client_message_id),
    open: async (opened) => {
      const stored = (await opened?.load()) ?? [];
      store = opened;
      isOpen = true;
      // What an earlier run of the app left goes before what was written since.
      change([...stored, ...outbox]);
    },
    tick,
    close: () => {
      isOpen = false;
      release();
      for (const id of waiters.keys()) fail(id, new ClientError('closed'));
    },
  };
}

function createWaiter(): Waiter {
  let resolve: Waiter['resolve'] = () => {};
  let reject: Waiter['reject'] = () => {};
  const sent = new Promise<Message>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  // The snapshot shows a failure as well: an app that ignores `sent` must not crash because of it.
  sent.catch(() => {});
  return { sent, resolve, reject };
}
