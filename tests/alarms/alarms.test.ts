import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Job } from 'bullmq';
import { expect, onTestFinished, test } from 'vitest';
import { createInspectableQueues } from '../../src/alarms/board.ts';
import { alarmId } from '../../src/alarms/job.ts';
import type { Notice } from '../../src/alarms/notices.ts';
import type { AlarmWorkerOptions } from '../../src/alarms/worker.ts';
import { QueueAdapter } from '../../src/http/board/queue-adapter.ts';
import { StoreUnavailable } from '../../src/sessions/store.ts';
import { openWorker } from './alarm-worker.ts';
import { describeOnEachQueue, useQueue } from './queue-servers.ts';
import { active, alarm, chargedNow, ended, NOTHING, scripted, storing } from './scripted-settle.ts';

const EVENTUALLY = { timeout: 20_000, interval: 10 };
/** For thousands of jobs, which are read each time: seldom, so that reading does not take the queue's time from arming. */
const IN_A_MINUTE = { timeout: 60_000, interval: 500 };

type State = 'completed' | 'failed' | 'delayed' | 'waiting' | 'active';

await describeOnEachQueue('the alarms', (startServer) => {
  const { server, queue, inspection, arm } = useQueue(startServer);
  const isAlarm = ({ name }: { readonly name: string }): boolean => name.startsWith('settle session: ');
  const jobs = async (...states: State[]): Promise<Job[]> => {
    const found: Job[] = await queue().getJobs(states);
    return found.filter(isAlarm);
  };
  const counts = async () => {
    const states: State[] = ['waiting', 'delayed', 'active', 'completed', 'failed'];
    const found = await Promise.all(states.map((state) => jobs(state)));
    return Object.fromEntries(states.map((state, index) => [state, found[index]?.length]));
  };
  const work = (options: Pick<AlarmWorkerOptions, 'settle'> & Partial<AlarmWorkerOptions>) =>
    openWorker(server().settings, { arm, ...options });

  test('a deadline is armed once, however often it is asked for, and not again when it is done', async () => {
    const one = alarm(7, 60_000);
    await Promise.all(Array.from({ length: 20 }, () => arm([one, one])));
    expect(await counts()).toMatchObject({ delayed: 1 });
    const due = alarm(8, 0);
    await arm([due]);
    const { settled, settle } = scripted();
    await work({ settle });
    await expect.poll(counts, EVENTUALLY).toMatchObject({ completed: 1 });
    await arm([due]);
    expect(settled).toStrictEqual([8]);
    expect(await counts()).toMatchObject({ delayed: 1, waiting: 0, completed: 1 });
  });

  test('a job says in words what it is for, and holds ids and times only', async () => {
    const one = alarm(7, 60_000);
    await arm([one, { ...alarm(8, 70_000), isBlockEnd: false }]);
    const [first, second] = (await jobs('delayed')).toSorted((a, b) => a.data.session - b.data.session);
    expect(first).toMatchObject({
      id: alarmId(one),
      name: 'settle session: end of block',
      data: { session: 7, appointment: 1_007, block: 3, deadline: new Date(one.at).toISOString() },
    });
    expect(second?.name).toBe('settle session: limit within block');
  });

  test('an alarm that rings settles its session, arms the next deadline and returns what was charged', async () => {
    const { settled, settle } = scripted(() => active(7, 60_000));
    const first = alarm(7, 300);
    await work({ settle });
    await arm([first]);
    await expect.poll(counts, EVENTUALLY).toMatchObject({ delayed: 1, completed: 1 });
    expect(settled).toStrictEqual([7]);
    const [done] = await jobs('completed');
    expect(done?.returnvalue).toStrictEqual({
      charged: [{ block: 3, units: 1, reason: 'interval' }],
      refunded: [],
      ended: null,
      next_at: expect.stringMatching(/^\d{4}-.*Z$/),
      late_ms: expect.any(Number),
      by: 'this job',
    });
    expect(Number(done?.processedOn)).toBeGreaterThanOrEqual(first.at);
  });

  test('the return value tells how a session ended, and nothing is armed then', async () => {
    const { settle } = scripted(ended);
    await arm([alarm(7, 0)]);
    await work({ settle });
    await expect.poll(counts, EVENTUALLY).toMatchObject({ delayed: 0, completed: 1 });
    const [done] = await jobs('completed');
    expect(done?.returnvalue).toMatchObject({ ended: 'balance_exhausted', next_at: null, by: 'this job' });
  });

  test('the return value is what the ledger holds for the deadline when another command, or the sweep, was first', async () => {
    const settle = async () => active(7, 60_000, NOTHING);
    const [one, other] = [alarm(7, 0), alarm(8, 0)];
    await arm([one, other]);
    await (await queue().getJob(alarmId(other)))?.updateProgress({ settled_by: 'the sweep' });
    await work({ settle, deadlines: storing([], { ...chargedNow(), recordedAt: one.at }) });
    await expect.poll(counts, EVENTUALLY).toMatchObject({ completed: 2 });
    const reports = (await jobs('completed')).toSorted((a, b) => a.data.session - b.data.session);
    expect(reports.map(({ returnvalue }) => returnvalue)).toMatchObject([
      { charged: [{ block: 3, units: 1, reason: 'interval' }], late_ms: 0, by: 'another command' },
      { charged: [{ block: 3, units: 1, reason: 'interval' }], by: 'the sweep' },
    ]);
  });

  test('the alarm of a session that ended before says so', async () => {
    const { settle } = scripted(() => ({
      kind: 'ended',
      reason: 'manual_end',
      at: alarm(1, -5_000).at,
      did: NOTHING,
    }));
    await arm([alarm(7, 0)]);
    await work({ settle });
    await expect.poll(counts, EVENTUALLY).toMatchObject({ completed: 1 });
    const [done] = await jobs('completed');
    expect(done?.returnvalue).toMatchObject({
      charged: [],
      by: null,
      note: expect.stringMatching(/ended before this deadline, manual_end at 20/),
    });
  });

  test('an alarm that an administrator promotes before its deadline is put back, and rings again then', async () => {
    const one = alarm(7, 60_000);
    const { settled, settle } = scripted(() => ({ ...active(7, 0), next: one, delayMs: 300 }), ended);
    await arm([one]);
    await (await jobs('delayed'))[0]?.promote();
    const { notices } = await work({ settle });
    await expect.poll(() => settled, EVENTUALLY).toStrictEqual([7, 7]);
    await expect.poll(counts, EVENTUALLY).toMatchObject({ delayed: 0, completed: 1, failed: 0 });
    expect(notices.map(({ kind }) => kind)).toStrictEqual(['alarms_rearmed']);
  });

  test('settling that fails is repeated, then its job stands in "failed" with the error, and the session can be armed again', async () => {
    const { settled, settle } = scripted(...Array.from({ length: 5 }, () => new Error('no such column')));
    await arm([alarm(7, 0)]);
    const { notices } = await work({ settle });
    // The waits between are BullMQ's matter: nobody waits for them here.
    for (let attempt = 1; attempt < 5; attempt += 1) {
      await expect.poll(() => settled.length, EVENTUALLY).toBe(attempt);
      await expect.poll(counts, EVENTUALLY).toMatchObject({ delayed: 1, active: 0 });
      await (await jobs('delayed'))[0]?.promote();
    }
    await expect.poll(counts, EVENTUALLY).toMatchObject({ failed: 1, delayed: 0 });
    const [failed] = await jobs('failed');
    expect(failed?.failedReason).toBe('no such column');
    await expect.poll(() => notices.filter(({ kind }) => kind === 'alarm_failed').length, EVENTUALLY).toBe(5);
    await arm([alarm(7, 60_000)]);
    expect(await counts()).toMatchObject({ failed: 1, delayed: 1 });
  });

  test('a database that is away uses up no attempt', async () => {
    let isAway = true;
    let calls = 0;
    await arm([alarm(7, 0)]);
    await work({
      settle: async () => {
        calls += 1;
        if (isAway) throw new StoreUnavailable('away');
        return ended();
      },
    });
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      await expect.poll(() => calls, EVENTUALLY).toBe(attempt);
      await expect.poll(counts, EVENTUALLY).toMatchObject({ delayed: 1, failed: 0 });
      if (attempt === 6) isAway = false;
      await (await jobs('delayed'))[0]?.promote();
    }
    await expect.poll(counts, EVENTUALLY).toMatchObject({ completed: 1, failed: 0 });
    expect((await jobs('completed'))[0]?.attemptsMade).toBe(1);
  });

  test('a job that is none of the engine stands in "failed", and settles nothing', async () => {
    const { settled, settle } = scripted();
    await queue().add('charge-session', { session: 7 });
    await queue().add('settle session: end of block', { session: 'seven', deadline: 'soon' });
    await work({ settle });
    const failed = async () => (await queue().getFailed()).map(({ failedReason }) => failedReason);
    const reason = expect.stringContaining('not one of the engine');
    await expect.poll(failed, EVENTUALLY).toStrictEqual([reason, reason]);
    expect(settled).toStrictEqual([]);
  });

  test('what was settled meanwhile leaves "failed", and what is still due stays', async () => {
    const [done, due] = [alarm(7, -60_000), alarm(8, -60_000)];
    await queue().addBulk(
      [done, due].map((one) => ({
        name: 'settle session: end of block',
        data: { session: one.sessionId, deadline: new Date(one.at).toISOString() },
        opts: { jobId: alarmId(one), attempts: 1 },
      })),
    );
    const stored = { deadlines: storing([done, due]) };
    const worker = await work({ settle: () => Promise.reject(new Error('a bug')), ...stored });
    await expect.poll(counts, EVENTUALLY).toMatchObject({ failed: 2 });
    await worker.close();
    await work({ settle: async () => ended(), deadlines: storing([due]) });
    const tidied = async () => {
      await (await queue().getDelayed()).find(({ name }) => name === 'tidy up')?.promote();
      return (await jobs('failed')).map(({ id }) => id);
    };
    await expect.poll(tidied, EVENTUALLY).toStrictEqual([alarmId(due)]);
  });

  test('old jobs are removed: the tidying is a job that an administrator can see', async () => {
    const { settle } = scripted();
    await arm([alarm(7, 0)]);
    await work({ settle });
    await expect.poll(counts, EVENTUALLY).toMatchObject({ completed: 1 });
    const delayed = async () => (await queue().getDelayed()).map(({ name }) => name);
    await expect.poll(delayed, EVENTUALLY).toContain('tidy up');
  });

  test('sessions are settled once each when several workers share the queue', async () => {
    const { settled, settle } = scripted();
    const sessions = Array.from({ length: 300 }, (_, index) => index + 1);
    await arm(sessions.map((number) => alarm(number, 0)));
    await Promise.all([work({ settle }), work({ settle, concurrency: 5 })]);
    await expect.poll(counts, EVENTUALLY).toMatchObject({ waiting: 0, active: 0, completed: 300 });
    expect(settled.toSorted((one, other) => one - other)).toStrictEqual(sessions);
  });

  test('the board counts the workers, and BullMQ has its metrics and events', async () => {
    const { settle } = scripted();
    const workers = await Promise.all([work({ settle }), work({ settle })]);
    await expect.poll(() => queue().getWorkersCount(), EVENTUALLY).toBe(2);
    expect(await new QueueAdapter(queue()).getWorkers()).toHaveLength(2);
    await arm([alarm(7, 0)]);
    await expect.poll(counts, EVENTUALLY).toMatchObject({ completed: 1 });
    const { meta } = await queue().getMetrics('completed');
    expect(meta.count).toBeGreaterThanOrEqual(1);
    await Promise.all(workers.map((worker) => worker.close()));
    await expect.poll(() => queue().getWorkersCount(), EVENTUALLY).toBe(0);
  });

  test('closing finishes what is in flight, and takes nothing more', async () => {
    const entered = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    await arm([alarm(7, 0)]);
    const worker = await work({
      concurrency: 1,
      settle: async () => {
        entered.resolve();
        await release.promise;
        return active(7, 60_000);
      },
    });
    await entered.promise;
    const closing = worker.close();
    await arm([alarm(8, 0)]);
    release.resolve();
    await closing;
    expect(await counts()).toMatchObject({ waiting: 1, delayed: 1, active: 0, completed: 1 });
  });

  test('the alarms of a worker that was killed go to another', async () => {
    const sessions = [1, 2, 3, 4, 5];
    await arm(sessions.map((session) => alarm(session, 0)));
    const script = new URL('worker-that-hangs.ts', import.meta.url).pathname;
    const { kind, url } = server().settings;
    const doomed = spawn(process.execPath, [script, kind, url, '1000', '500'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let taken = 0;
    for await (const _ of createInterface({ input: doomed.stdout })) if ((taken += 1) === 5) break;
    const { settled, settle } = scripted();
    const { notices } = await work({ settle, lockDurationMs: 1_000, stalledIntervalMs: 500 });
    const exited = once(doomed, 'exit');
    doomed.kill('SIGKILL');
    await exited;
    const killedAtMs = performance.now();
    await expect.poll(() => settled.length, EVENTUALLY).toBe(5);
    expect(performance.now() - killedAtMs).toBeLessThan(4_000);
    expect(settled.toSorted((one, other) => one - other)).toStrictEqual(sessions);
    expect(new Set(notices.map((notice) => notice.kind))).toContain('alarm_stalled');
  });

  test.for(['emptied', 'obliterated'])(
    'a queue that was %s is armed again, by one worker of two',
    { timeout: 150_000 },
    async (how) => {
      const { settle } = scripted();
      const deadlines = storing(
        Array.from({ length: 5_500 }, (_, index) => alarm(index + 1, 600_000 + index)),
      );
      const workers = await Promise.all([work({ settle, deadlines }), work({ settle, deadlines })]);
      const delayed = async () => (await jobs('delayed')).length;
      await expect.poll(delayed, IN_A_MINUTE).toBe(5_500);
      if (how === 'emptied') await server().lose();
      else await queue().obliterate({ force: true });
      await expect.poll(delayed, IN_A_MINUTE).toBe(5_500);
      const rearmed = workers.flatMap(({ notices }) =>
        notices.filter(({ kind }) => kind === 'alarms_rearmed'),
      );
      expect(rearmed).toHaveLength(2);
      const arming = (await queue().getCompleted()).find(({ name }) => name === 'arm all sessions');
      expect(arming?.returnvalue).toMatchObject({ sessions: 5_500 });
    },
  );

  test('half of the jobs being removed, the sweep that finds one without its alarm has all armed again', async () => {
    const { settle } = scripted();
    const stored = Array.from({ length: 1_000 }, (_, index) => alarm(index + 1, 600_000 + index));
    const worker = await work({ settle, deadlines: storing(stored) });
    const delayed = async () => (await jobs('delayed')).length;
    await expect.poll(delayed, EVENTUALLY).toBe(1_000);
    await Promise.all(
      stored.filter((_, index) => index % 2 === 0).map((one) => queue().remove(alarmId(one))),
    );
    expect(await delayed()).toBe(500);
    const [first, second] = stored.map(({ sessionId, at: nextDeadlineAt }) => ({
      sessionId,
      nextDeadlineAt,
    }));
    await worker.swept(second === undefined ? [] : [second]);
    expect(await delayed()).toBe(500);
    await worker.swept(first === undefined ? [] : [first]);
    await expect.poll(delayed, EVENTUALLY).toBe(1_000);
  });

  test('whoever looks whether all is well is told of alarms that were tried and failed, until the sweep has settled them', async () => {
    const [failing, fine] = [alarm(7, 0), alarm(8, 600_000)];
    const { settle } = scripted(...Array.from({ length: 5 }, () => new Error('no such column')));
    const worker = await work({ settle, deadlines: storing([failing, fine]) });
    const { watched } = inspection();
    await arm([failing, fine]);
    await expect.poll(() => watched.failing([failing, fine]), EVENTUALLY).toStrictEqual([7]);
    for (let attempt = 2; attempt <= 5; attempt += 1) {
      await expect
        .poll(async () => (await queue().getJob(alarmId(failing)))?.attemptsMade, EVENTUALLY)
        .toBe(attempt - 1);
      await (await queue().getJob(alarmId(failing)))?.promote();
    }
    await expect.poll(async () => (await watched.figures()).failed, EVENTUALLY).toBe(1);
    expect(await watched.failing([failing, fine])).toStrictEqual([7]);

    await worker.swept([{ sessionId: failing.sessionId, nextDeadlineAt: failing.at }]);
    expect(await watched.figures()).toMatchObject({ failed: 0 });
    expect(await watched.failing([failing, fine])).toStrictEqual([]);
    expect(await counts()).toMatchObject({ delayed: 1, failed: 0 });
  });

  test('whoever looks whether all is well is told that the queue is paused', async () => {
    const { watched } = inspection();
    expect(await watched.state()).toStrictEqual({ restrictions: [], redisFlaws: [] });
    await queue().pause();
    expect((await watched.state()).restrictions).toStrictEqual(['paused']);
    await queue().resume();
    expect((await watched.state()).restrictions).toStrictEqual([]);
  });

  test('the nightly audit is a job, and its return value is what it found', async () => {
    const { settle } = scripted();
    await work({
      settle,
      audit: { atHour: 3, run: async (atHour) => ({ night: `at ${atHour}`, differences: 0 }) },
    });
    const audit = async () => (await queue().getDelayed()).find(({ name }) => name === 'nightly audit');
    await expect.poll(async () => (await audit())?.name, EVENTUALLY).toBe('nightly audit');
    const job = await audit();
    // The delay counts from a reading of the clock a few ms after the timestamp.
    const due = new Date(Math.round((Number(job?.timestamp) + Number(job?.delay)) / 1_000) * 1_000);
    expect([due.getUTCHours(), due.getUTCMinutes()]).toStrictEqual([3, 0]);
    await job?.promote();
    const done = async () => (await queue().getCompleted()).find(({ name }) => name === 'nightly audit');
    await expect
      .poll(async () => (await done())?.returnvalue, EVENTUALLY)
      .toStrictEqual({ night: 'at 3', differences: 0 });
  });

  test('a queue that somebody paused or slowed is told of again and again, until that is lifted', async () => {
    const told: Notice[] = [];
    const watched = await createInspectableQueues(server().settings, (notice) => void told.push(notice), 50);
    onTestFinished(() => watched.close());
    const { name } = queue();
    expect(await watched.restrictions()).toStrictEqual([]);
    await queue().pause();
    await queue().setGlobalConcurrency(1);
    await queue().setGlobalRateLimit(5, 60_000);
    const restrictions = ['paused', 'limited to 1 at a time', 'limited to 5 in 60000 ms'];
    expect(await watched.restrictions()).toStrictEqual(
      restrictions.map((restriction) => ({ queue: name, restriction })),
    );
    const timesTold = () =>
      restrictions.map(
        (restriction) =>
          told.filter((one) => one.kind === 'queue_restricted' && one.restriction === restriction).length,
      );
    await expect.poll(() => Math.min(...timesTold()), { timeout: 20_000 }).toBeGreaterThan(2);
    await queue().resume();
    await queue().removeGlobalConcurrency();
    await queue().removeGlobalRateLimit();
    expect(await watched.restrictions()).toStrictEqual([]);
  });

  test('the queue answers a ping', async () => {
    expect(await inspection().ping(1_000)).toStrictEqual({ kind: 'up' });
  });
});
