import { describe, expect, test } from 'vitest';
import { boardActOf } from '../../../src/http/board/board-act.ts';
import { isActionName } from '../../../src/sessions/admin-actions.ts';

describe('What somebody does on the board', () => {
  test.each([
    ['api/queues/pause', 'queue.pause', {}],
    ['api/queues/alarms/pause', 'queue.pause', { queue: 'alarms' }],
    ['api/queues/alarms/obliterate', 'queue.obliterate', { queue: 'alarms' }],
    ['api/queues/alarms/rate-limit', 'queue.rate_limit', { queue: 'alarms' }],
    ['api/queues/alarms/rate-limit/release', 'queue.rate_limit_release', { queue: 'alarms' }],
    ['api/queues/alarms/retry/failed', 'queue.retry', { queue: 'alarms', state: 'failed' }],
    ['api/queues/alarms/clean/completed', 'queue.clean', { queue: 'alarms', state: 'completed' }],
    ['api/queues/alarms/session-7-1/retry', 'queue.retry', { queue: 'alarms', job: 'session-7-1' }],
    ['api/queues/alarms/session-7-1/clean', 'queue.clean', { queue: 'alarms', job: 'session-7-1' }],
    ['api/queues/alarms/a%2Fb/update-data', 'queue.update_data', { queue: 'alarms', job: 'a/b' }],
    ['api/queues/alarms/job-schedulers/x', 'queue.update_scheduler', { queue: 'alarms', scheduler: 'x' }],
    ['api/queues/alarms/job-schedulers/x/run', 'queue.run_scheduler', { queue: 'alarms', scheduler: 'x' }],
  ])('is named after the path: %s is %s', (path, action, to) => {
    expect(boardActOf(path)).toStrictEqual({ action, to });
    expect(isActionName(action)).toBe(true);
  });

  test.each([
    '',
    'nothing/here',
    'api/queues',
    'api/queues/a/b/c/d/e',
    'api/queues/alarms/DROP TABLE',
    'api/queues/alarms/%ff',
    `api/queues/alarms/${'x'.repeat(100)}`,
  ])('is told as it was sent where the board has no such act: %s', (path) => {
    expect(boardActOf(path)).toStrictEqual({ action: 'queue.unknown', to: { path } });
  });

  test('is cut to the length of the longest name on the board', () => {
    const { to } = boardActOf(`api/queues/${'q'.repeat(300)}/pause`);
    expect(to).toStrictEqual({ queue: 'q'.repeat(200) });
  });
});
