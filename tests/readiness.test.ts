import { expect, test } from 'vitest';
import { withAlarmLoop } from '../src/readiness.ts';

test('a worker whose loop had no answer of the queue for more than 15 s is not ready', async () => {
  let silentMs = 14_000;
  const readiness = withAlarmLoop(
    async () => [],
    () => silentMs,
  );
  expect(await readiness()).toStrictEqual([{ name: 'alarms', isReady: true, detail: null }]);
  silentMs = 16_000;
  expect(await readiness()).toStrictEqual([
    { name: 'alarms', isReady: false, detail: expect.stringContaining('16000 ms') },
  ]);
});
