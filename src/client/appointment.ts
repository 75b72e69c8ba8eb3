/** One appointment, put together: what comes in by the feed, what goes out by the sender, and what the app sees of both. */
import type { Chat, OnEvent, Snapshot } from './chat.ts';
import type { ServerClock } from './clock.ts';
import type { Connection } from './connection.ts';
import {
  type EndedSession,
  type EventOf,
  type Follow,
  isOfType,
  type MessagesPage,
  type Receipt,
  type Role,
  type Session,
  type SessionEvent,
  type StoredMessage,
} from './contract.ts';
import { createFeed, type Feed } from './feed.ts';
import type { Request } from './http.ts';
import { createListeners, type Listeners } from './listeners.ts';
import { createPoll } from './poll.ts';
import type { Report } from './problem.ts';
import { createSender, type Sender } from './sender.ts';
import { timeLeftOf } from './time-left.ts';
import type { Warning } from './warning.ts';
import { createWatch } from './watch.ts';

export interface Appointment extends Pick<Feed, 'takeFrame'> {
  readonly chat: Chat;
  /** What a hello asks for; nothing where it is closed. */
  readonly inHello: () => readonly Follow[];
  /** Follows, by socket or by polls. Where it does so already, nothing happens. */
  readonly open: () => void;
  /** The connection is in another mode now. */
  readonly onMode: () => void;
  readonly openOutbox: Sender['open'];
  readonly tick: (isCrowded: boolean) => void;
  readonly wake: () => void;
  /** For good, with the client. */
  readonly close: () => void;
}

/** @param userId NaN while it is not known */
export function createAppointment(
  appointmentId: number,
  clock: ServerClock,
  request: Request,
  connection: Connection,
  newId: () => string,
  userId: () => number,
  report: Report,
): Appointment {
  const path = `${ROUTES}${appointmentId}/`;
  const changes = createListeners<void>(report);
  const events = createListeners<SessionEvent>(report);
  let snapshot: Snapshot | null = null;
  let warning: Warning = null;
  let isOpen = false;

  function onEvent(event: SessionEvent): void {
    if (isOfType(event, 'message.created')) sender.settle(event.data.message);
    events.call(event);
  }

  function changed(): void {
    snapshot = null;
    changes.call();
  }

  function onChange(): void {
    warning = watch(warning);
    changed();
  }

  const feed = createFeed(clock, appointmentId, connection.send, onEvent, onChange, report);
  const poll = createPoll(request, appointmentId, feed, onChange, report);
  const watch = createWatch(clock, feed.log, async () => {
    feed.takeSession(await request<Session>(`${path}session-status`));
  });
  const sender = createSender(
    newId,
    () => roleOf(feed.log().session, userId()),
    () => connection.mode() === 'signed_out',
    (id, text, signal) =>
      request<StoredMessage>(`${path}messages`, { body: { client_message_id: id, text }, signal }),
    (message) => feed.takeMessages([message]),
    onChange,
  );

  function onMode(): void {
    const isLive = connection.mode() === 'live';
    if (!isLive || !isOpen) feed.lost();
    poll.reset();
    if (isLive && isOpen) feed.follow();
    if (isLive) sender.tick(true);
    changed();
  }

  function tick(isCrowded: boolean): void {
    const mode = connection.mode();
    sender.tick();
    // Nothing is requested while the user is signed out.
    if (!isOpen || mode === 'signed_out') return;
    if (mode === 'live') feed.follow();
    if (mode === 'polling') poll.tick(isCrowded);
    if (watch(warning) !== warning) onChange();
  }

  function setOpen(next: boolean): void {
    if (isOpen === next) return;
    isOpen = next;
    if (!next) connection.send({ type: 'unfollow', appointment_id: appointmentId });
    onMode();
  }

  function newSnapshot(): Snapshot {
    const mode = connection.mode();
    const { session, messages, n } = feed.log();
    const state = mode === 'live' && !feed.isFollowing() ? 'connecting' : mode;
    return {
      connection: mode === 'polling' ? poll.state() : state,
      session,
      messages: [...messages, ...sender.outbox()],
      n,
      warning,
    };
  }

  const chat: Chat = {
    ...callsOf(request, feed, appointmentId, path),
    appointmentId,
    get: () => (snapshot ??= newSnapshot()),
    subscribe: changes.add,
    on: onOf(events),
    send: sender.send,
    retry: sender.retry,
    discard: sender.discard,
    close: () => setOpen(false),
    timeLeft: () => timeLeftOf(feed.log().session, clock.nowMs()),
  };
  return {
    chat,
    open: () => setOpen(true),
    inHello: () => (isOpen ? [feed.inHello()] : []),
    takeFrame: (frame) => {
      if (isOpen) feed.takeFrame(frame);
    },
    onMode,
    openOutbox: sender.open,
    tick,
    wake: () => {
      poll.reset();
      sender.tick(true);
    },
    close: sender.close,
  };
}

/** null where the user does not take part, or where nothing is known yet. */
function roleOf(session: Session | null, userId: number): Role | null {
  if (session?.patient_id === userId) return 'patient';
  return session?.doctor_id === userId ? 'doctor' : null;
}

const ROUTES = '/text-appointments/';
const PAGE = 50;
/** After that the user decides what to do, instead of watching a spinner. */
const PATIENCE_MS = 30_000;

/** What the user asks for and waits for. */
function callsOf(
  request: Request,
  feed: Feed,
  appointmentId: number,
  path: string,
): Pick<Chat, 'start' | 'end' | 'receipt' | 'older'> {
  const patient = { patienceMs: PATIENCE_MS };
  const command = async <Data extends Session>(name: string): Promise<Data> => {
    const session = await request<Data>(ROUTES + name, {
      ...patient,
      body: { appointment_id: appointmentId },
    });
    feed.takeSession(session);
    return session;
  };
  return {
    start: () => command<Session>('start-session'),
    end: () => command<EndedSession>('end-session'),
    receipt: () => request<Receipt>(`${path}receipt`, patient),
    older: async () => {
      const first = feed.log().messages[0]?.messageNo;
      if (first === 1) return false;
      const query = first === undefined ? 'last=' : `before=${first}&limit=`;
      const { messages } = await request<MessagesPage>(`${path}messages?${query}${PAGE}`, patient);
      feed.takeMessages(messages);
      return (messages[0]?.message_no ?? 1) > 1;
    },
  };
}

const onOf =
  (events: Listeners<SessionEvent>): OnEvent =>
  (type: string, listener: (event: EventOf<string, never>) => void) =>
    events.add((event) => {
      if (isAskedFor(event, type)) listener(event);
    });

/** An event of the type that a listener asked for has the data that the listener takes: so says the contract. */
const isAskedFor = (event: SessionEvent, type: string): event is EventOf<string, never> =>
  type === '*' || event.type === type;
