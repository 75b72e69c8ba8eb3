import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FailureCode } from './errors.ts';
import { fail } from './errors.ts';

/** The form that every request must have before a route reads it: its headers, its bytes, its size. */

/** The request breaks a rule of HTTP, or of ours for all requests. The code is how it is answered. */
export class FlawedRequest extends Error {
  override readonly name = 'FlawedRequest';
  readonly code: FailureCode;

  constructor(code: FailureCode) {
    super(code);
    this.code = code;
  }
}

export function checkForm(app: FastifyInstance): void {
  // Node would answer these by itself, without our envelope; the hook below does.
  app.server.on('checkExpectation', (request, response) => app.routing(request, response));
  app.addHook('onRequest', (request, reply, done) => {
    const code = flawOf(request.raw);
    if (code === null) return done();
    reply.header('connection', 'close').send(fail(reply, code));
  });
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) =>
    parseText(request, body, (text) => void parseJson(request, text, done), done),
  );
}

function flawOf({ headers, rawHeaders, httpVersion }: IncomingMessage): FailureCode | null {
  const { expect } = headers;
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') return 'expectation_failed';
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length;
  // RFC 9112, section 3.2. Of two, a proxy in front may have believed the other one.
  return hosts === 1 || (hosts === 0 && httpVersion === '1.0') ? null : 'malformed_request';
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads a body as the text that it is. A replaced letter would be stored, shown and never be noticed. */
function parseText(
  { headers }: FastifyRequest,
  body: Buffer,
  parse: (text: string) => void,
  done: (flaw: Error) => void,
): void {
  const { 'content-encoding': encoding = 'identity', 'content-type': type = '' } = headers;
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(type)?.[1] ?? 'utf-8';
  if (encoding.toLowerCase() !== 'identity' || !/^utf-?8$/i.test(charset))
    return done(new FlawedRequest('unsupported_media_type'));
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    return done(new FlawedRequest('malformed_body'));
  }
  parse(text);
}

/** After the answer to a body that is too large, at most this much of it is read, for at most this long. */
const DISCARDED_BYTES = 16 * 1024 * 1024;
const DISCARD_MS = 5_000;

/**
 * Answers 413 so that the sender can read it. Most clients send the whole body before they read, and a connection that
 * is closed with unread bytes in it is reset: the answer would be lost. So the rest is read and dropped, within
 * bounds, before the connection is closed.
 */
export function answerTooLarge(request: FastifyRequest, reply: FastifyReply): void {
  const answer = JSON.stringify(fail(reply, 'payload_too_large'));
  reply
    .header('connection', 'close')
    .header('content-length', Buffer.byteLength(answer))
    .type('application/json; charset=utf-8')
    .send(Readable.from(answerThenDiscard(answer, request.raw)));
}

async function* answerThenDiscard(answer: string, request: IncomingMessage) {
  yield answer;
  await discardRest(request);
}

/** Resolves when nothing more comes, or the bounds are reached. */
function discardRest(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, DISCARD_MS);
  let bytes = 0;
  request.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > DISCARDED_BYTES) resolve();
  });
  request.once('close', resolve).once('end', resolve).resume();
  return promise.finally(() => clearTimeout(timer));
}
