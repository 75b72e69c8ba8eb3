import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Effect } from '../sessions/effect.ts';
import { effectJson, effectSchema, etagOf } from './answers/effect.ts';
import { type Failure, success, type Success } from './envelope.ts';
import { fail } from './errors.ts';
import { byAdmin } from './record-action.ts';
import { NOTE, oneOf } from './schemas.ts';

/**
 * What the routes have in common by which an administrator changes an account: each can be previewed (`?preview=true`),
 * and then be done only if its effect is still the same (`If-Match`).
 */

export const previewQuery = Type.Object(
  { preview: Type.Optional(oneOf('true', 'false')) },
  { additionalProperties: false },
);

export const PREVIEW_DESCRIPTION =
  'With `?preview=true` nothing is done: the answer is the `effect` that it would have now, with an ETag, and the note ' +
  'may be empty yet. With that ETag as If-Match it is done only where the effect is still the same; else the answer is ' +
  '412 with the effect as it is now. What was done before is answered first, then what is refused.';

/** Far longer than the tag of a preview. */
const MAX_TAGS_LENGTH = 1000;

export const ifMatch = Type.Optional(
  Type.String({ maxLength: MAX_TAGS_LENGTH, description: `at most ${MAX_TAGS_LENGTH} characters` }),
);

export const previewSchema = Type.Object({ effect: effectSchema });

interface Act {
  readonly query: { readonly preview?: 'true' | 'false' };
  readonly body: { readonly note: string };
}

export const isPreview = ({ query }: Pick<Act, 'query'>): boolean => query.preview === 'true';

/** The answer to an act without a reason; null where it has one, or needs none yet. */
export function lacksNote(act: Act, reply: FastifyReply): Failure | null {
  if (isPreview(act) || /\S/.test(act.body.note)) return null;
  const errors = [{ field: 'note', message: `must be ${NOTE}` }];
  return fail(reply, 'validation_failed', { errors });
}

/** What a command needs of the request: who asks, and which effect they were shown. */
export function confirmedBy(request: FastifyRequest) {
  const tags = request.headers['if-match']?.split(',').map((tag) => tag.trim()) ?? ['*'];
  return {
    ...byAdmin(request),
    ...(tags.includes('*') ? {} : { isExpected: (effect: Effect) => tags.includes(etagOf(effect)) }),
  };
}

type PreviewAnswer = Success<Type.Static<typeof previewSchema>>;

export const previewAnswer = (effect: Effect): PreviewAnswer =>
  success('What it would do now: nothing was done', { effect: effectJson(effect) });

export function effectAnswer(reply: FastifyReply, effect: Effect): PreviewAnswer {
  reply.header('etag', etagOf(effect));
  return previewAnswer(effect);
}

export function effectChanged(reply: FastifyReply, effect: Effect): Failure {
  reply.header('etag', etagOf(effect));
  return fail(reply, 'effect_changed', { data: { effect: effectJson(effect) } });
}
