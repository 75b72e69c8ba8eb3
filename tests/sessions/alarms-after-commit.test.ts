/** When the executor sets alarms, and what becomes of a command whose alarm cannot be set. */
import { describe, expect, test } from 'vitest';
import { grantId, sessionId } from '../../src/billing/ids.ts';
import { DOCTOR, t } from '../billing/specimens.ts';
import { book, notingCommits, correction, of, openEngine } from './engine.ts';

describe('alarms', () => {
  test('are set after the commit and never inside it, all new ones in one go', async () => {
    const happened: string[] = [];
    const engine = openEngine({
      transact: notingCommits(happened),
      alarms: {
        arm: (alarms) => {
          happened.push(
            `arm ${alarms.map(({ sessionId: id, at }) => `${id} at ${at - t('0:00')}`).join(', ')}`,
          );
          return Promise.resolve();
        },
      },
    });
    await book(engine, 5, [1, 2]);
    happened.length = 0;
    const started = await Promise.all([1, 2].map((id) => engine.executor.execute('start', of(id))));
    const ids = started.map((outcome) => (outcome.kind === 'started' ? outcome.session.session.id : 0));

    expect(happened).toEqual(['commit', `arm ${ids.map((id) => `${id} at 600000`).join(', ')}`]);
  });

  test('that cannot be set disturb nobody: the command stands, and the observer is told', async () => {
    const away = () => Promise.reject(new Error('the queue is away'));
    const engine = openEngine({
      alarms: { arm: away },
      policy: { doctorResponseMs: 60_000 },
    });
    await book(engine);
    engine.seen.length = 0;

    const started = await engine.executor.execute('start', of(1));
    const wrote = await engine.executor.execute('recordActivity', of(1));
    await engine.executor.idle();

    expect([started.kind, wrote.kind]).toEqual(['started', 'recorded']);
    expect(engine.seen).toEqual([
      'committed 1',
      'alarms not set: Error: the queue is away',
      'committed 1',
      'alarms not set: Error: the queue is away',
    ]);
  });

  test('that take for ever hold nobody up', async () => {
    const engine = openEngine({ alarms: { arm: () => new Promise(() => {}) } });
    await book(engine);

    await expect(engine.executor.execute('start', of(1))).resolves.toMatchObject({ kind: 'started' });
    await expect(engine.executor.execute('end', of(1))).resolves.toMatchObject({ kind: 'ended' });
  });

  test('are set by no command that changes no deadline', async () => {
    const engine = openEngine();
    await book(engine);
    await engine.executor.execute('start', of(1));
    engine.setClock(t('5:00'));
    await engine.executor.execute('recordActivity', of(1));
    await engine.executor.execute('start', of(1, DOCTOR));
    await engine.executor.execute('settle', { sessionId: sessionId(1) });
    await engine.executor.execute('adjust', { grantId: grantId(1), units: 1, ...correction('1') });
    await engine.executor.execute('end', of(1));

    expect(engine.alarmsSet).toEqual(['arm 1 in 600000 ms']);
  });
});
