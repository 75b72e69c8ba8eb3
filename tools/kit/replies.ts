import type { Static, TSchema } from 'typebox';
import { readData, readField } from './answers.ts';
import type { ApiAnswer, ApiClient, ApiRequest } from './api-client.ts';

/** What became of a request. */
export type Reply<Data> =
  | { readonly kind: 'done'; readonly data: Data }
  | { readonly kind: 'refused'; readonly status: number; readonly code: string; readonly message: string }
  /** It was sent and never answered: it may have happened or not. */
  | { readonly kind: 'unknown' };

/** How one person reaches the API. `data` is the whole body of a good answer. */
export type Ask = (asked: ApiRequest) => Promise<Reply<unknown>>;

export function replyOf({ status, body }: ApiAnswer): Exclude<Reply<unknown>, { kind: 'unknown' }> {
  if (status >= 200 && status < 300) return { kind: 'done', data: body };
  const code = readField(body, 'code');
  const message = String(readField(body, 'message'));
  return { kind: 'refused', status, code: typeof code === 'string' ? code : `status ${status}`, message };
}

/** Asks once. @throws where no answer comes. */
export const askOnce =
  (client: ApiClient, token: string, signal?: AbortSignal): Ask =>
  async (asked) =>
    replyOf(await client.send(asked, token, signal));

/** @throws where a good answer is not as the contract says. */
export async function readReply<Schema extends TSchema>(
  schema: Schema,
  asked: Promise<Reply<unknown>>,
): Promise<Reply<Static<Schema>>> {
  const reply = await asked;
  return reply.kind === 'done' ? { kind: 'done', data: readData(schema, reply.data) } : reply;
}

export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** What a request gave that must succeed. @throws RefusedError where the API refused it. */
export async function dataOf<Data>(asked: Promise<Reply<Data>>): Promise<Data> {
  const reply = await asked;
  switch (reply.kind) {
    case 'done':
      return reply.data;
    case 'refused':
      throw new RefusedError(`the API answered ${reply.status} ${reply.code}: ${reply.message}`);
    case 'unknown':
      throw new Error('the API did not answer');
  }
}
