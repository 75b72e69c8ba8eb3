import { describe, expect, it } from 'vitest';
import { alarmQueueName, handleJob, type JobHandlers } from '../../src/timers/catalogue.ts';

const handlers: JobHandlers<number> = { 'look-at-session': async ({ sessionId }) => sessionId };

describe('the job catalogue', () => {
  it('hands the session id of a job to the handler of its name', async () => {
    await expect(handleJob(handlers, 'look-at-session', { sessionId: 7 })).resolves.toBe(7);
  });

  it('ignores whatever else somebody wrote into a payload', async () => {
    const data = { sessionId: 7, units: 100, role: 'admin' };
    await expect(handleJob(handlers, 'look-at-session', data)).resolves.toBe(7);
  });

  it.each([
    { data: null },
    { data: undefined },
    { data: 7 },
    { data: '7' },
    { data: [] },
    { data: {} },
    { data: { sessionId: '7' } },
    { data: { sessionId: 0 } },
    { data: { sessionId: -1 } },
    { data: { sessionId: 1.5 } },
    { data: { sessionId: 2 ** 53 } },
    { data: { sessionId: null } },
    { data: { session_id: 7 } },
  ])('has no handler for the payload in %j', ({ data }) => {
    expect(handleJob(handlers, 'look-at-session', data)).toBeNull();
  });

  it.each(['', 'look', 'toString', '__proto__', 'constructor'])(
    'has no handler for a job named "%s"',
    (name) => {
      expect(handleJob(handlers, name, { sessionId: 7 })).toBeNull();
    },
  );

  it('has a queue name without ":", which BullMQ refuses', () => {
    expect(alarmQueueName).not.toContain(':');
  });
});
