import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { appointmentId, type AppointmentId, type UserId } from '../../billing/ids.ts';
import type { EventPage } from '../../sessions/feed.ts';
import { partOf, type Status } from '../../sessions/reads.ts';
import { eventJson, type EventReader, eventSchema } from '../answers/event.ts';
import { statusJson, statusSchema } from '../answers/session.ts';
import type { ApiEngine } from '../app-options.ts';
import { callerOf } from '../auth/caller.ts';
import { inProgress, messageEvent } from '../documentation/examples.ts';
import { responses, SIGNED_IN, TEXT_APPOINTMENTS } from '../documentation/openapi.ts';
import { success, successSchema } from '../envelope.ts';
import { fail, refused } from '../errors.ts';
import { appointmentParams, limitText } from '../schemas.ts';

const MAX_WAIT_SECONDS = 25;
/** Of one user, in this process. */
const MAX_WAITING = 10;
const RETRY_AFTER_SECONDS = 1;

const answerOf = (page: EventPage, after: number, status: Status, reader: EventReader) =>
  success('What happened in the session', {
    events: page.events.map((event) => eventJson(event, reader)),
    next_after: page.events.at(-1)?.eventNo ?? after,
    head: page.head,
    session: statusJson(status),
  });

const schema = {
  operationId: 'listEvents',
  tags: [TEXT_APPOINTMENTS],
  summary: 'What happened in the session, by number; with `wait`, the answer comes when something does',
  description:
    'The events of the session, numbered 1, 2, 3 … without gaps. Ask again with `after` = `next_after`. An event that is due ' +
    'but not yet written is not there; `session` shows its effect.',
  security: SIGNED_IN,
  params: appointmentParams,
  querystring: Type.Object(
    {
      after: Type.Optional(
        Type.String({
          format: 'id-or-zero',
          default: '0',
          description: 'the number of the last event that is known, or 0',
        }),
      ),
      limit: limitText(200, 50),
      wait: Type.Optional(
        Type.String({
          pattern: `^(\\d|1\\d|2[0-${MAX_WAIT_SECONDS % 10}])$`,
          default: '0',
          description: `a number of seconds from 0 to ${MAX_WAIT_SECONDS}`,
        }),
      ),
    },
    { additionalProperties: false },
  ),
  response: responses(
    {
      200: successSchema(
        Type.Object({
          events: Type.Array(eventSchema),
          next_after: Type.Integer({ minimum: 0 }),
          head: Type.Integer({ minimum: 0, description: 'The number of the last event; 0 before the start' }),
          session: statusSchema,
        }),
        answerOf({ head: 5, events: [messageEvent] }, 4, inProgress, { isParticipant: true, isAdmin: false }),
      ),
    },
    'appointment_not_found',
    'not_a_participant',
    'cursor_ahead',
  ),
};

/** The log of one appointment's session, for its participants and for administrators. */
export const eventRoutes: FastifyPluginAsyncTypebox<{
  readonly engine: Pick<ApiEngine, 'reads' | 'events' | 'hub'>;
  /** Aborted when the app closes: every waiting request is answered. */
  readonly closing: AbortSignal;
  /** Aborted when the process is to stop: requests that wait are answered. Later ones wait as usual, or they would be repeated without a pause. */
  readonly stopping: AbortSignal;
}> = async (app, { engine: { reads, events, hub }, closing, stopping }) => {
  const waiting = new Map<UserId, number>();

  app.get(
    '/:appointment_id/events',
    { schema, config: { isBoundedByEngine: true } },
    async (request, reply) => {
      const { userId, isAdmin } = callerOf(request);
      const asked = appointmentId(Number(request.params.appointment_id));
      const after = Number(request.query.after ?? 0);
      const limit = Number(request.query.limit);
      const waitMs = Number(request.query.wait ?? 0) * 1000;
      const known = await reads.anyStatus(asked);
      if (known === null) return refused(reply, { kind: 'refused', code: 'appointment_not_found' });
      const isParticipant = partOf(known, userId) !== null;
      if (!isParticipant && !isAdmin) return refused(reply, { kind: 'refused', code: 'not_a_participant' });
      let page = await events.after(asked, after, limit);
      if (after > page.head) return fail(reply, 'cursor_ahead', { data: { head: page.head } });
      if (page.events.length === 0 && waitMs > 0) {
        const others = waiting.get(userId) ?? 0;
        if (others >= MAX_WAITING)
          return fail(reply, 'rate_limited', { retryAfterSeconds: RETRY_AFTER_SECONDS });
        waiting.set(userId, others + 1);
        try {
          const stop = stopping.aborted ? closing : AbortSignal.any([stopping, closing]);
          const over = AbortSignal.any([stop, request.signal, AbortSignal.timeout(waitMs)]);
          page = await untilEvents(asked, after, limit, over);
        } finally {
          const left = (waiting.get(userId) ?? 1) - 1;
          if (left === 0) waiting.delete(userId);
          else waiting.set(userId, left);
        }
      }
      const status = (await reads.anyStatus(asked)) ?? known;
      return answerOf(page, after, status, { isParticipant, isAdmin });
    },
  );

  /** The first page that is not empty, or the empty one once `signal` is aborted. */
  async function untilEvents(
    asked: AppointmentId,
    after: number,
    limit: number,
    signal: AbortSignal,
  ): Promise<EventPage> {
    let wake = (): void => {};
    // Watched before it is read, so that nothing between the two is missed.
    let woken = new Promise<void>((resolve) => (wake = resolve));
    const unwatch = hub.watch(asked, (by) => {
      if (by.kind === 'log' || (by.kind === 'compared' && by.eventNo > after)) wake();
    });
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    try {
      for (;;) {
        const page = await events.after(asked, after, limit);
        if (page.events.length > 0 || signal.aborted) return page;
        await Promise.race([woken, aborted]);
        woken = new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      unwatch();
    }
  }
};
