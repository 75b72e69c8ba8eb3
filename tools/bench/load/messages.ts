import { randomUUID } from 'node:crypto';
import { tokenFor } from '../../kit/tokens.ts';
import { untilOrThrow } from '../until.ts';
import { openConnection } from './http-connection.ts';

export interface Sent {
  /** When each message was due to be sent, by its id. */
  readonly dueAtMs: ReadonlyMap<string, number>;
}

export interface Messages {
  readonly port: number;
  /** The patients of sessions 1 to this write in turn. */
  readonly sessions: number;
  /** In all, evenly. */
  readonly perSecond: number;
  readonly seconds: number;
}

const CONNECTIONS = 32;
const TEXT = 'How are you today? I have been thinking about what you said last week.';
const PATIENCE_MS = 30_000;

/** Patients write, each message on time whether or not those before it were answered. @throws where one is refused. */
export async function writeMessages({ port, sessions, perSecond, seconds }: Messages): Promise<Sent> {
  // First, and before anything waits: signing thousands of them holds up whatever this process measures beside.
  const tokens = Array.from({ length: sessions }, (_session, index) => tokenFor(index + 1));
  const failures: Error[] = [];
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => openConnection(port, (error) => failures.push(error))),
  );
  const dueAtMs = new Map<string, number>();
  const free = [...connections];
  const total = Math.round(perSecond * seconds);
  const start = performance.now();
  let answered = 0;
  const sendWhatIsDue = (): void => {
    for (;;) {
      const due = start + (dueAtMs.size * 1000) / perSecond;
      if (dueAtMs.size >= total || due > performance.now()) return;
      const connection = free.shift();
      if (connection === undefined) return;
      const session = dueAtMs.size % sessions;
      const id = randomUUID();
      dueAtMs.set(id, due);
      connection.send(requestFor(session + 1, tokens[session] ?? '', id), () => {
        answered += 1;
        free.push(connection);
        sendWhatIsDue();
      });
    }
  };
  const clock = setInterval(sendWhatIsDue, 1);
  try {
    const isOver = (): Promise<boolean> => Promise.resolve(answered === total || failures.length > 0);
    await untilOrThrow(isOver, 'messages are answered', { withinMs: seconds * 1000 + PATIENCE_MS });
    const [failure] = failures;
    if (failure !== undefined) throw new Error('a message was refused', { cause: failure });
    return { dueAtMs };
  } finally {
    clearInterval(clock);
    for (const connection of connections) connection.close();
  }
}

function requestFor(appointmentId: number, token: string, id: string): Buffer {
  const body = JSON.stringify({ client_message_id: id, text: TEXT });
  return Buffer.from(
    `POST /api/text-appointments/${appointmentId}/messages HTTP/1.1\r\nhost: 127.0.0.1\r\n` +
      `content-type: application/json\r\nauthorization: Bearer ${token}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
