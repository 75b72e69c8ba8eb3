import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Job } from 'bullmq';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { sessionId } from '../../src/billing/ids.ts';
import { instant } from '../../src/billing/time.ts';
import { alarmId } from '../../src/alarms/alarm-job.ts';
import { createAlarmWorker, type AlarmWorkerOptions } from '../../src/alarms/alarm-worker.ts';
import { createAlarms, type QueueAlarms } from '../../src/alarms/alarms.ts';
import { createInspectableQueues, type InspectableQueues } from '../../src/alarms/inspection.ts';
import type { Notice } from '../../src/alarms/notice.ts';
import { describeOnEachQueue, type QueueServer } from './queue-servers.ts';
import { again, alarm, nothing, over, scripted } from './scripted-looks.ts';

const eventually = { timeout: 20_000, interval: 10 };

await describeOnEachQueue('the alarms', (startServer) => {
  let server: QueueServer;
  let alarms: QueueAlarms;
  let inspection: InspectableQueues;
  const notices: Notice[] = [];

  beforeAll(async () => {
    server = await startServer();
    alarms = await createAlarms(server.settings, () => {});
    inspection = await createInspectableQueues(server.settings, () => {});
  });
  afterAll(async () => {
    await Promise.all([alarms.close(), inspection.close()]);
    await server.stop();
  });
  beforeEach(async () => {
    await server.lose();
    notices.length = 0;
  });

  const queue = () => {
    const [first] = inspection.queues;
    if (first === undefined) throw new Error('no queue');
    return first;
  };
  const counts = () => queue().getJobCounts('waiting', 'delayed', 'active', 'completed', 'failed');
  const jobs = async (...states: ('completed' | 'failed' | 'delayed')[]): Promise<Job[]> =>
    (await queue().getJobs(states)) as Job[];
  async function work(options: Pick<AlarmWorkerOptions, 'onAlarm'> & Partial<AlarmWorkerOptions>) {
    const worker = await createAlarmWorker({
      queue: server.settings,
      arm: alarms.arm,
      report: (notice) => void notices.push(notice),
      ...options,
    });
    onTestFinished(() => worker.close());
    return worker;
  }

  it('arms a deadline once, however often it is asked to, and also when it is over', async () => {
    const one = alarm(7, 60_000);
    await Promise.all(Array.from({ length: 20 }, () => alarms.arm([one, one])));
    expect(await counts()).toMatchObject({ delayed: 1 });
    const [job] = await jobs('delayed');
    expect(job).toMatchObject({ id: alarmId(one), data: { sessionId: 7, deadline: one.at } });
    const due = alarm(8, 0);
    await alarms.arm([due]);
    const { looks } = await ring();
    await alarms.arm([due]);
    expect(looks).toStrictEqual([8]);
    expect(await counts()).toMatchObject({ delayed: 1, waiting: 0, completed: 1 });

    async function ring() {
      const { looks: found, onAlarm } = scripted(() => over);
      await work({ onAlarm });
      await expect.poll(async () => (await counts())['completed'], eventually).toBe(1);
      return { looks: found };
    }
  });

  it('looks when a deadline has come, sets the next one, and tells the board what it did', async () => {
    const { looks, onAlarm } = scripted(() => again(60_000));
    const first = alarm(7, 300);
    await work({ onAlarm });
    await alarms.arm([first]);
    await expect.poll(counts, eventually).toMatchObject({ delayed: 1, completed: 1 });
    expect(looks).toStrictEqual([7]);
    const [done] = await jobs('completed');
    expect(done?.returnvalue).toStrictEqual({
      did: 'charged block 3, 1 unit',
      next: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(Number(done?.processedOn)).toBeGreaterThanOrEqual(first.at);
  });

  it('tells how a session ended, and sets nothing then', async () => {
    const { onAlarm } = scripted(() => over);
    await alarms.arm([alarm(7, 0)]);
    await work({ onAlarm });
    await expect.poll(counts, eventually).toMatchObject({ delayed: 0, completed: 1 });
    const [done] = await jobs('completed');
    expect(done?.returnvalue).toStrictEqual({
      did: 'charged block 4, 1 unit; ended: balance_exhausted',
      next: null,
    });
  });

  it('puts an alarm that rang before its deadline back, and rings again then', async () => {
    const one = alarm(7, 60_000);
    const { looks, onAlarm } = scripted(
      () => ({ kind: 'again', at: one.at, delayMs: 300, did: nothing }),
      () => over,
    );
    await alarms.arm([one]);
    await (await jobs('delayed'))[0]?.promote();
    await work({ onAlarm });
    await expect.poll(() => looks, eventually).toStrictEqual([7, 7]);
    await expect.poll(counts, eventually).toMatchObject({ delayed: 0, completed: 1, failed: 0 });
    expect(notices).toStrictEqual([]);
  });

  it('repeats a look that failed, then keeps the job for the administrator, and the session can be armed again', async () => {
    const { looks, onAlarm } = scripted(...Array.from({ length: 5 }, () => new Error('no database')));
    await alarms.arm([alarm(7, 0)]);
    await work({ onAlarm });
    // The waits between are BullMQ's matter: nobody waits for them here.
    for (let attempt = 1; attempt < 5; attempt += 1) {
      await expect.poll(() => looks.length, eventually).toBe(attempt);
      await expect.poll(counts, eventually).toMatchObject({ delayed: 1, active: 0 });
      await (await jobs('delayed'))[0]?.promote();
    }
    await expect.poll(counts, eventually).toMatchObject({ failed: 1, delayed: 0 });
    const [failed] = await jobs('failed');
    expect(failed?.failedReason).toBe('no database');
    await expect.poll(() => notices.filter(({ kind }) => kind === 'alarm_failed').length, eventually).toBe(5);
    await alarms.arm([alarm(7, 60_000)]);
    expect(await counts()).toMatchObject({ failed: 1, delayed: 1 });
  });

  it('tells of a job that is no alarm, and looks at nothing', async () => {
    const { looks, onAlarm } = scripted();
    await queue().add('charge-session', { session: 7 });
    await work({ onAlarm });
    await expect.poll(counts, eventually).toMatchObject({ failed: 1 });
    expect(looks).toStrictEqual([]);
  });

  it('looks at each session once when several workers share the queue', async () => {
    const { looks, onAlarm } = scripted();
    const sessions = Array.from({ length: 300 }, (_, index) => index + 1);
    await alarms.arm(sessions.map((number) => alarm(number, 0)));
    await Promise.all([work({ onAlarm }), work({ onAlarm, concurrency: 5 })]);
    await expect.poll(counts, eventually).toMatchObject({ waiting: 0, active: 0, completed: 300 });
    expect(looks.toSorted((one, other) => one - other)).toStrictEqual(sessions);
  });

  it('keeps every one that was done today', async () => {
    const { onAlarm } = scripted();
    await alarms.arm(Array.from({ length: 1_200 }, (_, index) => alarm(index + 1, 0)));
    await work({ onAlarm });
    await expect.poll(counts, eventually).toMatchObject({ waiting: 0, active: 0, completed: 1_200 });
  });

  it('finishes the look in hand when it is closed, and takes no other', async () => {
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    await alarms.arm([alarm(7, 0)]);
    const worker = await work({
      concurrency: 1,
      onAlarm: async () => {
        entered.resolve();
        await release.promise;
        return again(60_000);
      },
    });
    await entered.promise;
    const closing = worker.close();
    await alarms.arm([alarm(8, 0)]);
    release.resolve();
    await closing;
    expect(await counts()).toMatchObject({ waiting: 1, delayed: 1, active: 0, completed: 1 });
  });

  it('arms every session when the queue was emptied, once, and tells the board', async () => {
    const { onAlarm } = scripted();
    const all = Array.from({ length: 5_500 }, (_, index) => alarm(index + 1, 600_000 + index));
    const deadlines: NonNullable<AlarmWorkerOptions['deadlines']> = async ({ after, limit }) => {
      const from = after === null ? 0 : all.findIndex(({ sessionId: id }) => id === after.sessionId) + 1;
      return all.slice(from, from + limit);
    };
    await Promise.all([work({ onAlarm, deadlines }), work({ onAlarm, deadlines })]);
    await expect.poll(counts, eventually).toMatchObject({ delayed: 5_500 });
    await server.lose();
    await expect.poll(counts, eventually).toMatchObject({ delayed: 5_500 });
    const done = async (): Promise<Job[]> => (await inspection.queues[1]?.getJobs(['completed'])) ?? [];
    await expect.poll(async () => (await done()).length, eventually).toBe(1);
    const [upkeep] = await done();
    expect(upkeep?.returnvalue).toMatchObject({ armed: 5_500 });
  });

  it('has the alarms of a worker that was killed looked at by another', async () => {
    const sessions = [1, 2, 3, 4, 5];
    await alarms.arm(sessions.map((number) => ({ sessionId: sessionId(number), at: instant(Date.now()) })));
    const script = new URL('worker-that-hangs.ts', import.meta.url).pathname;
    const { kind, url } = server.settings;
    const doomed = spawn(process.execPath, [script, kind, url, '1000', '500'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let inHand = 0;
    for await (const _ of createInterface({ input: doomed.stdout })) if ((inHand += 1) === 5) break;
    const { looks, onAlarm } = scripted();
    await work({ onAlarm, lockDurationMs: 1_000, stalledIntervalMs: 500 });
    const exited = once(doomed, 'exit');
    doomed.kill('SIGKILL');
    await exited;
    const killedAtMs = performance.now();
    await expect.poll(() => looks.length, eventually).toBe(5);
    expect(performance.now() - killedAtMs).toBeLessThan(4_000);
    expect(looks.toSorted((one, other) => one - other)).toStrictEqual(sessions);
    expect([...new Set(notices.map((notice) => notice.kind))]).toStrictEqual(['alarm_stalled']);
  });

  it('answers a ping', async () => {
    expect(await inspection.ping(1_000)).toStrictEqual({ kind: 'up' });
  });
});
