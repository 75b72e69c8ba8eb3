import { describe, expect, it } from 'vitest';
import { startPostgresQueue } from './queue-servers.ts';
import { again, alarm, held, scripted } from './scripted-looks.ts';
import { empty, eventually, useQueue } from './use-queue.ts';

/** Where BullMQ's own worker takes the alarms, a job in hand is "active" and nobody can change it. */
describe('an alarm in the hands of the worker on PostgreSQL', () => {
  const { arm, bringForward, lose, board, counts, notices, work } = useQueue(startPostgresQueue);

  it('keeps the delay that the look said when it is brought forward in the middle of the look', async () => {
    const { onAlarm, entered, release } = held(again(60_000));
    await arm([alarm(7, 0)]);
    await work({ onAlarm });
    await entered;
    await bringForward([alarm(7, 100)]);
    expect(await counts()).toStrictEqual({ ...empty, active: 1 });
    release();
    await expect.poll(counts, eventually).toStrictEqual({ ...empty, delayed: 1 });
    expect(await board().alarm(7)).toMatchObject({ delay: 60_000 });
  });

  it('is dropped when somebody spoilt its payload, and the session can be armed again', async () => {
    const { looks, onAlarm } = scripted(again(60_000));
    await arm([alarm(7, 600_000)]);
    const job = await board().alarm(7);
    await job.updateData({ sessionId: 'seven', units: 100 });
    await job.promote();
    await work({ onAlarm });
    await expect.poll(counts, eventually).toStrictEqual(empty);
    expect(notices).toStrictEqual([
      { kind: 'alarm_dropped', jobId: 'session-7', jobName: 'look-at-session' },
    ]);
    await arm([alarm(7, 0)]);
    await expect.poll(counts, eventually).toStrictEqual({ ...empty, delayed: 1 });
    expect(looks).toStrictEqual([7]);
  });

  it('causes one look at the session that somebody wrote into it, and is not kept', async () => {
    const { looks, onAlarm } = scripted(again(60_000));
    await arm([alarm(7, 600_000)]);
    const job = await board().alarm(7);
    await job.updateData({ sessionId: 8 });
    await job.promote();
    await work({ onAlarm });
    await expect.poll(() => looks, eventually).toStrictEqual([8]);
    await expect.poll(counts, eventually).toStrictEqual(empty);
  });

  it('is told to have been taken away when the queue is lost in the middle of the look', async () => {
    const { onAlarm, entered, release } = held(again(60_000));
    await arm([alarm(7, 0)]);
    await work({ onAlarm });
    await entered;
    await lose();
    release();
    await expect.poll(() => notices.map(({ kind }) => kind), eventually).toContain('alarm_taken_away');
  });
});
