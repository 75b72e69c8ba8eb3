import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

export interface HttpConnection {
  /** One request at a time, as the bytes that go out. @throws where the answer is not a 2xx, or the connection breaks. */
  readonly send: (request: Buffer, onAnswer: () => void) => void;
  readonly close: () => void;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * A kept-alive HTTP/1.1 connection that does the least a client can: it finds the status and the length of an
 * answer, and nothing else. What the load generator does not use is left to what is measured.
 */
export async function openConnection(
  port: number,
  onFailure: (error: Error) => void,
): Promise<HttpConnection> {
  const socket: Socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  let waiting: (() => void) | null = null;
  let received: Buffer | null = null;
  let isClosed = false;

  const fail = (error: Error): void => {
    if (isClosed) return;
    isClosed = true;
    socket.destroy();
    onFailure(error);
  };
  socket.on('data', (chunk: Buffer) => {
    const answer: Buffer = received === null ? chunk : Buffer.concat([received, chunk]);
    const size = sizeOf(answer);
    if (answer.length < size) {
      received = answer;
      return;
    }
    received = null;
    if (Number.isNaN(size)) return fail(new Error(`an answer without a length: ${beginOf(answer)}`));
    // 2xx: the ninth byte of "HTTP/1.1 200".
    if (answer[9] !== 0x32) return fail(new Error(`an answer was ${beginOf(answer)}`));
    const tell = waiting;
    if (tell === null) return fail(new Error('an answer came that nobody had asked for'));
    waiting = null;
    tell();
  });
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the server closed a connection under load')));
  return {
    send: (request, onAnswer) => {
      waiting = onAnswer;
      socket.write(request);
    },
    close: () => {
      isClosed = true;
      socket.destroy();
    },
  };
}

const beginOf = (answer: Buffer): string => answer.toString('latin1', 0, 400);

/** Bytes of the whole answer: infinitely many as long as its head has not come; NaN where the head does not say. */
function sizeOf(answer: Buffer): number {
  const end = answer.indexOf(HEAD_END);
  if (end === -1) return Number.POSITIVE_INFINITY;
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(answer.toString('latin1', 0, end)) ?? [];
  return length === undefined ? Number.NaN : end + HEAD_END.length + Number(length);
}
