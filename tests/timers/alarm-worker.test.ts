import { expect, it } from 'vitest';
import { describeOnEachQueue } from './queue-servers.ts';
import { again, alarm, held, over, scripted } from './scripted-looks.ts';
import { empty, eventually, useQueue } from './use-queue.ts';

await describeOnEachQueue('the alarm worker', (startServer) => {
  const { arm, bringForward, lose, board, counts, asleepFor, notices, work } = useQueue(startServer);
  const kinds = () => notices.map(({ kind }) => kind);

  it('looks at a session once and puts the same job back for as long as the look said', async () => {
    const { looks, onAlarm } = scripted(again(60_000));
    await arm([alarm(7, 0)]);
    await work({ onAlarm });
    await asleepFor(60_000);
    expect(looks).toStrictEqual([7]);
    expect(await board().alarm(7)).toMatchObject({ id: 'session-7', data: { sessionId: 7 } });
    expect(await counts()).toStrictEqual({ ...empty, delayed: 1 });
  });

  it('leaves nothing in the queue of a session that is over', async () => {
    const { looks, onAlarm } = scripted(over);
    await arm([alarm(7, 0)]);
    await work({ onAlarm });
    await expect.poll(() => looks, eventually).toStrictEqual([7]);
    await expect.poll(counts, eventually).toStrictEqual(empty);
    expect(await board().queue.getJob('session-7')).toBeUndefined();
  });

  it('rings when the delay is over and not before', async () => {
    const startMs = Date.now();
    const rang = Promise.withResolvers<number>();
    await work({
      onAlarm: async () => {
        rang.resolve(Date.now() - startMs);
        return over;
      },
    });
    await arm([alarm(7, 400)]);
    const afterMs = await rang.promise;
    expect(afterMs).toBeGreaterThanOrEqual(400);
    expect(afterMs).toBeLessThan(3_000);
  });

  it('rings at its new time when it was brought forward while the worker slept', async () => {
    const { looks, onAlarm } = scripted(over);
    await arm([alarm(7, 600_000)]);
    await work({ onAlarm });
    await bringForward([alarm(7, 100)]);
    await expect.poll(() => looks, eventually).toStrictEqual([7]);
  });

  it('does not arm a session a second time while it is being looked at', async () => {
    const { onAlarm, entered, release } = held(again(60_000));
    await arm([alarm(7, 0)]);
    await work({ onAlarm });
    await entered;
    await arm([alarm(7, 0)]);
    release();
    await asleepFor(60_000);
    expect(await counts()).toStrictEqual({ ...empty, delayed: 1 });
  });

  it('only looks again when an administrator promotes an alarm before its time', async () => {
    const { looks, onAlarm } = scripted(again(60_000), again(50_000));
    await arm([alarm(7, 0)]);
    await work({ onAlarm });
    await asleepFor(60_000);
    await (await board().alarm(7)).promote();
    await asleepFor(50_000);
    expect(looks).toStrictEqual([7, 7]);
  });

  it('looks again after a look that failed, and shows the reason in the board', async () => {
    const { looks, onAlarm } = scripted(new Error('no database'), new Error('no database'), again(60_000));
    await arm([alarm(7, 0)]);
    await work({ onAlarm });
    await asleepFor(60_000);
    expect(looks).toStrictEqual([7, 7, 7]);
    expect(kinds()).toStrictEqual(['alarm_failed', 'alarm_failed']);
    const { logs } = await board().queue.getJobLogs('session-7');
    expect(logs).toStrictEqual([
      expect.stringContaining('Error: no database'),
      expect.stringContaining('Error: no database'),
    ]);
  });

  it('never keeps a failed alarm, and keeps few lines of one that fails for a long time', async () => {
    const { looks, onAlarm } = scripted(
      ...Array.from({ length: 8 }, () => new Error('no database')),
      again(60_000),
    );
    await arm([alarm(7, 0)]);
    await work({ onAlarm });
    await expect.poll(() => looks.length, eventually).toBe(9);
    await expect.poll(counts, eventually).toStrictEqual({ ...empty, delayed: 1 });
    expect((await board().queue.getJobLogs('session-7')).count).toBeLessThanOrEqual(5);
  });

  it('can be armed again while its look keeps failing, without a second alarm', async () => {
    const { looks, onAlarm } = scripted(...Array.from({ length: 1_000 }, () => new Error('no database')));
    await arm([alarm(7, 0)]);
    await work({ onAlarm });
    await expect.poll(() => looks.length, eventually).toBeGreaterThan(2);
    await arm([alarm(7, 0)]);
    const { waiting, delayed, active, failed } = (await counts()) ?? empty;
    expect({ armed: waiting + delayed + active, failed }).toStrictEqual({ armed: 1, failed: 0 });
  });

  it('looks once for a job that somebody duplicated, and keeps one alarm', async () => {
    const { looks, onAlarm } = scripted(again(60_000), again(60_000));
    await arm([alarm(7, 600_000)]);
    await board().queue.add('look-at-session', { sessionId: 7 });
    await work({ onAlarm });
    await expect.poll(() => looks, eventually).toStrictEqual([7]);
    await expect.poll(counts, eventually).toStrictEqual({ ...empty, delayed: 1 });
    expect(await board().delayedIds()).toStrictEqual(['session-7']);
  });

  it('drops a job that the catalogue does not know', async () => {
    const { looks, onAlarm } = scripted();
    await board().queue.add('charge-session', { sessionId: 7 });
    await work({ onAlarm });
    await expect.poll(kinds, eventually).toStrictEqual(['alarm_dropped']);
    await expect.poll(counts, eventually).toStrictEqual(empty);
    expect(looks).toStrictEqual([]);
  });

  it('survives that the queue is lost in the middle of a look, and the session can be armed again', async () => {
    const { onAlarm, entered, release } = held(again(60_000));
    await arm([alarm(7, 0)]);
    await work({ onAlarm });
    await entered;
    await lose();
    release();
    await arm([alarm(7, 0)]);
    await asleepFor(60_000);
    expect(await counts()).toStrictEqual({ ...empty, delayed: 1 });
  });

  it('looks at each session once when several workers share the queue', async () => {
    const { looks, onAlarm } = scripted();
    const sessions = Array.from({ length: 300 }, (_, index) => index + 1);
    await arm(sessions.map((number) => alarm(number, 0)));
    await Promise.all([work({ onAlarm, instances: 2 }), work({ onAlarm, concurrency: 5 })]);
    await expect.poll(counts, eventually).toStrictEqual(empty);
    expect(looks.toSorted((one, other) => one - other)).toStrictEqual(sessions);
  });

  it('finishes the look in hand when it is closed, and takes no other', async () => {
    const { onAlarm, entered, release } = held(again(60_000));
    await arm([alarm(7, 0)]);
    const worker = await work({ onAlarm, concurrency: 1 });
    await entered;
    let isClosed = false;
    const closing = worker.close().then(() => (isClosed = true));
    await arm([alarm(8, 0)]);
    expect(isClosed).toBe(false);
    release();
    await closing;
    const { waiting, delayed, active } = (await counts()) ?? empty;
    expect({ armed: waiting + delayed, active }).toStrictEqual({ armed: 2, active: 0 });
    expect((await board().alarm(7)).delay).toBe(60_000);
    expect((await board().alarm(8)).delay).toBe(0);
  });
});
