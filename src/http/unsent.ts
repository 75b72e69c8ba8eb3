import { finished, Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { fail } from './errors.ts';

/** Smaller answers are not counted: the number of connections bounds them. */
const COUNTED_BYTES = 4 * 1024;
/** What a stream holds at most, in the file and in the socket, however long it is. */
const STREAM_BYTES = 128 * 1024;

/**
 * Bounds the memory of answers that clients do not read: for one user, or one address without a token, and for all
 * together. Callers without a token may fill half of it, so that they leave room for the others.
 */
export function boundUnsentAnswers(
  app: FastifyInstance,
  limits: { readonly unsentBytes: number; readonly unsentBytesOfCaller: number },
): void {
  const ofCaller = new Map<number | string, number>();
  let inAll = 0;

  function add(key: number | string, bytes: number): void {
    inAll += bytes;
    const its = (ofCaller.get(key) ?? 0) + bytes;
    if (its === 0) ofCaller.delete(key);
    else ofCaller.set(key, its);
  }

  app.addHook('onSend', (request, reply, payload, done) => {
    const bytes = weightOf(payload);
    if (bytes < COUNTED_BYTES) return done(null, payload);
    const key = request.user?.userId ?? request.ip;
    const its = ofCaller.get(key) ?? 0;
    // One that is larger by itself goes where nothing else of this caller waits.
    if (its > 0 && its + bytes > limits.unsentBytesOfCaller)
      return done(null, instead(reply, payload, 'rate_limited'));
    if (inAll + bytes > (request.user === null ? limits.unsentBytes / 2 : limits.unsentBytes))
      return done(null, instead(reply, payload, 'unavailable'));
    add(key, bytes);
    // Finished when the network has taken the last byte.
    finished(reply.raw, () => add(key, -bytes));
    done(null, payload);
  });
}

function weightOf(payload: unknown): number {
  if (typeof payload === 'string') return Buffer.byteLength(payload);
  if (Buffer.isBuffer(payload)) return payload.length;
  return payload instanceof Readable ? STREAM_BYTES : 0;
}

/** Of the answer that is not sent. */
const ITS_HEADERS = [
  'content-length',
  'content-disposition',
  'content-encoding',
  'content-range',
  'etag',
  'last-modified',
  'link',
];

function instead(reply: FastifyReply, payload: unknown, code: 'rate_limited' | 'unavailable'): string {
  if (payload instanceof Readable) payload.destroy();
  for (const name of ITS_HEADERS) reply.removeHeader(name);
  return JSON.stringify(fail(reply.type('application/json; charset=utf-8'), code));
}
