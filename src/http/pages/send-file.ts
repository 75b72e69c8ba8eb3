import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A file that a browser may keep, and asks about each time. */
export interface PageFile {
  readonly bytes: Buffer;
  /** Strong, with its quotes: the same on every API that serves the same bytes. */
  readonly etag: string;
}

export const etagOf = (bytes: Buffer): string =>
  `"${createHash('sha256').update(bytes).digest('base64url')}"`;

export function readPageFile(path: string): PageFile {
  const bytes = readFileSync(path);
  return { bytes, etag: etagOf(bytes) };
}

/** The file, or 304 where the browser has it already. */
export function sendFile(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { bytes, etag }: PageFile,
  type: string,
): FastifyReply {
  reply.header('etag', etag).header('cache-control', 'no-cache');
  const known = new Set(
    (headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, '')),
  );
  if (known.has(etag) || known.has('*')) return reply.code(304).send();
  return reply.type(`${type}; charset=utf-8`).send(bytes);
}
