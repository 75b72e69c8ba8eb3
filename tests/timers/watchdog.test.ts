import { expect, it } from 'vitest';
import { createAlarmWorker, type AlarmWorkerOptions } from '../../src/timers/alarm-worker.ts';
import { createAlarms } from '../../src/timers/alarms.ts';
import type { Notice } from '../../src/timers/notice.ts';
import type { QueueSettings } from '../../src/timers/queue-settings.ts';
import { describeOnEachQueue, type QueueServer } from './queue-servers.ts';
import { alarm, held, over, scripted } from './scripted-looks.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

const eventually = { timeout: 40_000, interval: 20 };

interface Setting {
  readonly proxy: TcpProxy;
  readonly server: QueueServer;
  readonly notices: Notice[];
  readonly work: (
    options: Pick<AlarmWorkerOptions, 'onAlarm' | 'concurrency'>,
  ) => ReturnType<typeof createAlarmWorker>;
}

await describeOnEachQueue('a consumer', (startServer) => {
  async function withProxy(use: (setting: Setting) => Promise<void>): Promise<void> {
    const server = await startServer();
    const proxy = await startTcpProxy(server.settings.url);
    const queue: QueueSettings = { kind: server.settings.kind, url: proxy.url };
    const notices: Notice[] = [];
    const report = (notice: Notice): void => void notices.push(notice);
    try {
      // BullMQ waits up to 5 s for PostgreSQL to wake it: only longer than that is silence.
      const work: Setting['work'] = (options) =>
        createAlarmWorker({ queue, report, silentMs: 7_000, ...options });
      await use({ proxy, server, notices, work });
    } finally {
      await proxy.close();
      await server.stop();
    }
  }
  const replaced = (notices: readonly Notice[]) =>
    notices.filter(({ kind }) => kind === 'consumer_replaced').length;

  it('whose connections swallow everything is replaced, and the new one takes alarms', () =>
    withProxy(async ({ proxy, server, notices, work }) => {
      const { looks, onAlarm } = scripted();
      const worker = await work({ onAlarm });
      const alarms = await createAlarms(server.settings, () => {});
      await alarms.arm([alarm(1, 0)]);
      await expect.poll(() => looks, eventually).toStrictEqual([1]);
      proxy.swallow();
      await expect.poll(() => replaced(notices), eventually).toBeGreaterThan(0);
      expect(worker.sinceTurnMs()).toBeGreaterThan(7_000);
      proxy.passOn();
      await alarms.arm([alarm(2, 0)]);
      await expect.poll(() => looks, eventually).toContain(2);
      expect(worker.sinceTurnMs()).toBeLessThan(7_000);
      await Promise.all([worker.close(), alarms.close()]);
    }));

  it('that is only full of looks that take long is left alone', () =>
    withProxy(async ({ server, notices, work }) => {
      const { onAlarm, entered, release } = held(over);
      const worker = await work({ onAlarm, concurrency: 1 });
      const alarms = await createAlarms(server.settings, () => {});
      await alarms.arm([alarm(1, 0)]);
      await entered;
      const startMs = performance.now();
      await expect.poll(() => performance.now() - startMs, eventually).toBeGreaterThan(9_000);
      expect(replaced(notices)).toBe(0);
      release();
      await Promise.all([worker.close(), alarms.close()]);
    }));
});
