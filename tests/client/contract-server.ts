/** A small server that keeps the contract for one appointment, without any rules: real sockets, real HTTP. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import type {
  ClientFrame,
  ServerFrame,
  Session,
  SessionEvent,
  StoredMessage,
} from '../../src/client/contract.ts';
import { claimsOf } from '../../src/client/token.ts';
import { APPOINTMENT, PATIENT } from './stage.ts';

export interface ContractServer {
  readonly port: number;
  readonly messages: readonly StoredMessage[];
  readonly events: readonly SessionEvent[];
  /** Answered besides the API: a page and its modules. */
  readonly files: Map<string, { readonly type: string; readonly text: string }>;
  /** Changes the session, as a top-up does. */
  readonly change: (change: Partial<Session>) => void;
  readonly start: () => void;
  /** The doctor writes. */
  readonly say: (text: string) => void;
  readonly followers: () => number;
  readonly close: () => Promise<void>;
}

const SESSION: Session = {
  session_id: null,
  appointment_id: APPOINTMENT,
  patient_id: PATIENT,
  doctor_id: 201,
  is_active: false,
  is_ended: false,
  start_time: null,
  last_activity_time: null,
  has_patient_activity: false,
  has_doctor_activity: false,
  sessions_used: 0,
  ended_at: null,
  end_reason: null,
  interval_seconds: null,
  remaining_sessions: 5,
  available_sessions: 5,
  next_deduction_at: null,
  funded_until: null,
  ends_at: null,
  ends_reason: null,
  event_no: 0,
  message_no: 0,
  server_time: '',
};

type Reply = readonly [status: number, data: object, code?: string];

/** What is stored, and what every request does to it. */
function createBooks(onEvent: (event: SessionEvent | null) => void) {
  const messages: StoredMessage[] = [];
  const events: SessionEvent[] = [];
  let facts = SESSION;
  const now = (): string => new Date().toISOString();
  const session = (): Session => ({
    ...facts,
    event_no: events.length,
    message_no: messages.length,
    server_time: now(),
  });

  function change(next: Partial<Session>): void {
    facts = { ...facts, ...next };
    onEvent(null);
  }

  function write(type: string, data: object): void {
    const event: SessionEvent = {
      n: events.length + 1,
      type,
      effective_at: now(),
      recorded_at: now(),
      by: 'patient',
      data,
    };
    events.push(event);
    onEvent(event);
  }

  function start(): Reply {
    if (facts.is_ended) return [409, session(), 'session_ended'];
    if (!facts.is_active) {
      const endsAt = new Date(Date.now() + 600_000).toISOString();
      facts = { ...facts, session_id: 7, is_active: true, start_time: now(), ends_at: endsAt };
      write('session.started', { session_id: 7, start_time: now(), interval_seconds: 600 });
    }
    return [200, session()];
  }

  function end(): Reply {
    if (facts.is_active) {
      facts = {
        ...facts,
        is_active: false,
        is_ended: true,
        ended_at: now(),
        ends_at: null,
        sessions_used: 1,
      };
      write('deduction', { interval_no: 1, reason: 'manual_end', units: 1 });
      write('session.ended', { ended_at: now(), reason: 'manual_end' });
    }
    return [200, { ...session(), sessions_deducted: 1, total_sessions_used: 1 }];
  }

  function post(clientMessageId: string, text: string, senderId = PATIENT): Reply {
    const known = messages.find(({ client_message_id: id }) => id === clientMessageId);
    if (known !== undefined) return [200, known];
    if (!facts.is_active) return [409, session(), 'session_ended'];
    const message: StoredMessage = {
      session_id: 7,
      message_no: messages.length + 1,
      client_message_id: clientMessageId,
      sender_id: senderId,
      sender_role: senderId === PATIENT ? 'patient' : 'doctor',
      sent_at: now(),
      text,
    };
    messages.push(message);
    write('message.created', { message });
    return [201, message];
  }

  return { messages, events, session, change, start, end, post };
}

export async function startContractServer(): Promise<ContractServer> {
  const files: ContractServer['files'] = new Map();
  const sockets = new Map<WebSocket, number>();
  const sendTo = (socket: WebSocket, frame: ServerFrame): void => socket.send(JSON.stringify(frame));
  const books = createBooks((event) => {
    for (const [socket, cursor] of sockets) {
      if (event !== null && event.n > cursor) {
        sockets.set(socket, event.n);
        sendTo(socket, { type: 'event', appointment_id: APPOINTMENT, event });
      }
      sendTo(socket, { type: 'state', appointment_id: APPOINTMENT, session: books.session() });
    }
  });

  function follow(socket: WebSocket, after: number): void {
    const { events, session } = books;
    const head = events.length;
    sendTo(socket, { type: 'following', appointment_id: APPOINTMENT, after, head, session: session() });
    for (const event of events.slice(after))
      sendTo(socket, { type: 'event', appointment_id: APPOINTMENT, event });
    sockets.set(socket, head);
  }

  function take(socket: WebSocket, frame: ClientFrame): void {
    switch (frame.type) {
      case 'hello': {
        const { sub, exp = 0 } = claimsOf(frame.token);
        const endsAt = new Date(exp * 1000).toISOString();
        sendTo(socket, { type: 'welcome', user_id: Number(sub), token_expires_at: endsAt, ping_seconds: 25 });
        for (const { after } of frame.follow) follow(socket, after);
        return;
      }
      case 'follow':
        return follow(socket, frame.after);
      case 'unfollow':
        sockets.delete(socket);
        return sendTo(socket, { type: 'unfollowed', appointment_id: APPOINTMENT });
      case 'ping':
        return sendTo(socket, { type: 'pong', id: frame.id });
      case 'token':
    }
  }

  async function reply(request: IncomingMessage): Promise<Reply> {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    const body: { client_message_id?: string; text?: string } = JSON.parse((await textOf(request)) || '{}');
    if (pathname.endsWith('/start-session')) return books.start();
    if (pathname.endsWith('/end-session')) return books.end();
    if (pathname.endsWith('/session-status')) return [200, books.session()];
    if (pathname.endsWith('/messages')) return books.post(body.client_message_id ?? '', body.text ?? '');
    return [404, {}, 'not_found'];
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const file = files.get(request.url ?? '');
    if (file !== undefined) return void response.writeHead(200, { 'content-type': file.type }).end(file.text);
    const [status, data, code] = await reply(request);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ success: code === undefined, message: code ?? 'ok', code, data }));
  }

  const http = createServer((request, response) => {
    // A request that is cut off has no answer.
    answer(request, response).catch(() => response.destroy());
  });
  new WebSocketServer({ server: http, path: '/api/live' }).on('connection', (socket) => {
    socket.on('message', (data: Buffer) => take(socket, JSON.parse(data.toString('utf8'))));
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => sockets.delete(socket));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    messages: books.messages,
    events: books.events,
    files,
    change: books.change,
    start: () => void books.start(),
    followers: () => sockets.size,
    say: (text) => void books.post(crypto.randomUUID(), text, 201),
    close: async () => {
      for (const socket of sockets.keys()) socket.terminate();
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return text;
}
