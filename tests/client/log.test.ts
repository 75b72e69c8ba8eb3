import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { EMPTY_LOG, positionOf, withEvent, withMessages, withSession } from '../../src/client/log.ts';
import { added, afterError, type Outbox, retried, waiting, without } from '../../src/client/outbox.ts';
import { ClientError } from '../../src/client/problem.ts';
import { event, session, stored } from './stage.ts';

test('Whatever events come, doubled, late or with gaps, those that are taken are 1, 2, 3 … without gaps', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 60 }), (numbers) => {
      const taken: number[] = [];
      let log = EMPTY_LOG;
      for (const n of numbers) {
        if (positionOf(log, event(n)) !== 'next') continue;
        log = withEvent(log, event(n));
        taken.push(n);
      }
      expect(taken).toEqual(taken.map((_n, index) => index + 1));
      expect(log.n).toBe(taken.length);
    }),
  );
});

test('In whatever order messages come, each is shown once, by its number', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 30 }), (numbers) => {
      const log = numbers.reduce((known, no) => withMessages(known, [stored(no)]), EMPTY_LOG);
      const expected = [...new Set(numbers)].sort((a, b) => a - b);
      expect(log.messages.map(({ messageNo }) => messageNo)).toEqual(expected);
    }),
  );
});

test('In whatever order sessions come, the one that was read last is shown', () => {
  const reading = fc.record({
    events: fc.integer({ min: 0, max: 4 }),
    second: fc.integer({ min: 0, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(reading, { minLength: 1, maxLength: 12 }), (readings) => {
      const sessions = readings.map(({ events, second }) =>
        session({ event_no: events, server_time: new Date(second * 1000).toISOString() }),
      );
      const shown = sessions.reduce(withSession, EMPTY_LOG).session;
      const rank = ({ event_no: no, server_time: time }: typeof shown & object): number =>
        no * 100_000 + Date.parse(time);
      expect(shown === null ? -1 : rank(shown)).toBe(Math.max(...sessions.map(rank)));
    }),
  );
});

test.each<[status: number, code: string, expected: string]>([
  [0, 'no_answer', 'again'],
  [408, 'malformed_request', 'again'],
  [429, 'rate_limited', 'again'],
  [500, 'internal_error', 'again'],
  [503, 'unavailable', 'again'],
  [599, 'http_599', 'again'],
  [400, 'validation_failed', 'b failed'],
  [401, 'unauthenticated', 'b failed'],
  [403, 'not_a_participant', 'b failed'],
  [404, 'no_active_session', 'b failed'],
  [409, 'message_id_reused', 'b failed'],
  [413, 'payload_too_large', 'b failed'],
  [422, 'validation_failed', 'b failed'],
  [409, 'session_ended', 'b failed, c failed'],
])('After %i %s of a message: %s', (status, code, expected) => {
  const failure = { code: 'earlier', message: 'earlier' };
  const [a, ...others] = ['a', 'b', 'c'].reduce<Outbox>((box, id) => added(box, id, id, 'patient'), []);
  const outbox: Outbox = a === undefined ? [] : [{ ...a, state: 'failed', failure }, ...others];
  const after = afterError(outbox, 'b', new ClientError(code, code, status));
  const changed = after?.filter((message, index) => message !== outbox[index]);
  expect(changed?.map(({ text, state }) => `${text} ${state}`).join(', ') ?? 'again').toBe(expected);
  expect(after?.[0] ?? outbox[0]).toEqual({ ...a, state: 'failed', failure });
});

test('However messages are sent, fail, are retried and discarded, those that wait keep the order of sending', () => {
  const step = fc.record({
    kind: fc.constantFrom('send', 'fail', 'retry', 'discard', 'store'),
    at: fc.nat({ max: 5 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let outbox: Outbox = [];
      let sent = 0;
      const order: string[] = [];
      const forget = (id: string): void => void order.splice(order.indexOf(id), order.includes(id) ? 1 : 0);
      for (const { kind, at } of steps) {
        const id = outbox[at]?.clientMessageId ?? '';
        const [head] = waiting(outbox);
        if (kind === 'send') {
          sent += 1;
          outbox = added(outbox, `m${sent}`, 'text', null);
          order.push(`m${sent}`);
        } else if (kind === 'retry') {
          if (outbox[at]?.state === 'failed') order.push(id);
          outbox = retried(outbox, id);
        } else if (kind === 'discard') {
          outbox = without(outbox, id);
          forget(id);
        } else if (head !== undefined) {
          const headId = head.clientMessageId;
          const refusal = new ClientError('validation_failed', '', 422);
          outbox =
            kind === 'store' ? without(outbox, headId) : (afterError(outbox, headId, refusal) ?? outbox);
          forget(headId);
        }
        expect(waiting(outbox).map(({ clientMessageId }) => clientMessageId)).toEqual(order);
        expect(new Set(outbox.map(({ clientMessageId }) => clientMessageId)).size).toBe(outbox.length);
      }
    }),
  );
});
