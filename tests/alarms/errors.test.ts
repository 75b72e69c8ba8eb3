import { describe, expect, test } from 'vitest';
import { NotThePrimary } from '../../src/storage/primary-only.ts';
import { isConnectionError, isTakenAway, queueNotice } from '../../src/alarms/errors.ts';

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const missingLock = Object.assign(new Error('Missing lock for job session-1'), { code: -2 });

describe('an error of the queue', () => {
  test.each([
    refused,
    new Error('Connection is closed.'),
    new Error("Stream isn't writeable and enableOfflineQueue options is false"),
    new Error('Command timed out'),
    new Error('Connection terminated unexpectedly'),
    Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' }),
    new NotThePrimary('DATABASE_URL leads to a standby'),
  ])('takes "$message" for a server that is away', (error) => {
    expect(isConnectionError(error)).toBe(true);
  });

  test.each([missingLock, new Error('OOM command not allowed'), 'text', null])(
    'takes %s for something else than a server that is away',
    (error) => {
      expect(isConnectionError(error)).toBe(false);
    },
  );

  test('that only says that another worker has the alarm is no error of the queue', () => {
    expect(isTakenAway(missingLock)).toBe(true);
    expect(queueNotice('worker', missingLock)).toMatchObject({ kind: 'alarm_taken_away' });
    expect(queueNotice('worker', new Error('OOM command not allowed'))).toMatchObject({
      kind: 'queue_error',
    });
  });
});
