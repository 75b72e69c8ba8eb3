/** Which alarms a commit calls for, and which deadline is stored: maybe early, never late. */
import { describe, expect, test } from 'vitest';
import { sessionId } from '../../src/billing/ids.ts';
import type { Policy } from '../../src/billing/policy.ts';
import { clockOf, DOCTOR, PATIENT, t } from '../billing/specimens.ts';
import { book, of, openEngine } from './engine.ts';

async function started(policy: Partial<Policy> = {}, units = 5) {
  const engine = openEngine({ policy });
  await book(engine, units);
  await engine.executor.execute('start', of(1));
  const at = async (clock: string, ...members: (typeof PATIENT)[]) => {
    engine.setClock(t(clock));
    for (const member of members) await engine.executor.execute('recordActivity', of(1, member));
  };
  const storedDeadline = () => {
    const deadline = engine.store.tables().sessions.get(sessionId(1))?.nextDeadlineAt ?? null;
    return deadline === null ? null : clockOf(deadline);
  };
  const settle = () => engine.executor.execute('settle', { sessionId: sessionId(1) });
  return { ...engine, at, settle, storedDeadline };
}

describe('the alarm of a session', () => {
  test.each([
    ['the first boundary', {}, 600_000],
    ['the end of silence', { firstActivityMs: 180_000 }, 180_000],
    ['when it would fall idle', { idleMs: 120_000 }, 120_000],
    ['its longest duration', { maxDurationMs: 60_000 }, 60_000],
  ])('is armed at the start, for %s', async (_what, policy, delayMs) => {
    const { alarmsSet } = await started(policy);

    expect(alarmsSet).toEqual([`arm 1 in ${delayMs} ms`]);
  });

  test('is left alone by activity that postpones the deadline, and so is the stored deadline', async () => {
    const { at, alarmsSet, storedDeadline } = await started({ firstActivityMs: 180_000 });
    await at('1:00', PATIENT, DOCTOR);

    expect(alarmsSet).toHaveLength(1);
    expect(storedDeadline()).toBe('3:00');
  });

  test('that fires early finds nothing to do, stores the true deadline and says when to settle again', async () => {
    const { at, settle, alarmsSet, store, storedDeadline } = await started({ firstActivityMs: 180_000 });
    await at('1:00', DOCTOR);
    await at('3:00');

    expect(await settle()).toMatchObject({ kind: 'active', delayMs: 420_000 });
    expect(storedDeadline()).toBe('10:00');
    expect(store.tables().entries.filter(({ entry }) => entry.kind === 'charge')).toEqual([]);
    expect(alarmsSet).toEqual(['arm 1 in 180000 ms', 'arm 1 in 420000 ms']);
  });

  test('is armed again where somebody writes after it should have rung: it may be lost', async () => {
    const { at, alarmsSet, storedDeadline } = await started();
    await at('1:00', PATIENT);
    await at('10:05', DOCTOR);

    expect(storedDeadline()).toBe('20:00');
    expect(alarmsSet).toEqual(['arm 1 in 600000 ms', 'arm 1 in 595000 ms']);
  });

  test('is set for the next deadline by the commit that settled this one', async () => {
    const { at, settle, alarmsSet } = await started();
    await at('1:00', PATIENT);
    await at('10:00');

    expect(await settle()).toMatchObject({ kind: 'active', delayMs: 600_000 });
    expect(alarmsSet).toEqual(['arm 1 in 600000 ms', 'arm 1 in 600000 ms']);
  });

  test('is brought forward by the first message of the patient, where the doctor has to answer sooner', async () => {
    const { at, alarmsSet, storedDeadline } = await started({ doctorResponseMs: 120_000 });
    await at('1:00', PATIENT);

    expect(alarmsSet).toEqual(['arm 1 in 600000 ms', 'arm 1 in 120000 ms']);
    expect(storedDeadline()).toBe('3:00');
  });

  test('is brought forward by that message alone: not by the next, and not by the answer', async () => {
    const { at, alarmsSet, storedDeadline } = await started({ doctorResponseMs: 120_000 });
    await at('1:00', PATIENT, PATIENT);
    await at('2:00', DOCTOR, PATIENT);

    expect(alarmsSet).toHaveLength(2);
    expect(storedDeadline()).toBe('3:00');
  });

  test('is not brought forward by a first message whose answer is due after the boundary', async () => {
    const { at, alarmsSet, storedDeadline } = await started({ doctorResponseMs: 900_000 });
    await at('1:00', PATIENT);

    expect(alarmsSet).toHaveLength(1);
    expect(storedDeadline()).toBe('10:00');
  });

  test('is not brought forward where the doctor wrote first', async () => {
    const { at, alarmsSet } = await started({ doctorResponseMs: 120_000 });
    await at('1:00', DOCTOR, PATIENT);

    expect(alarmsSet).toHaveLength(1);
  });

  test('says that the session has ended once it has, and no deadline is stored', async () => {
    const { at, settle, storedDeadline, alarmsSet } = await started();
    await at('10:00');

    expect(await settle()).toMatchObject({ kind: 'ended' });
    expect(storedDeadline()).toBeNull();
    expect(alarmsSet).toHaveLength(1);
  });

  test('of a session that nobody knows finds nothing to settle', async () => {
    const { executor } = await started();

    expect(await executor.execute('settle', { sessionId: sessionId(999) })).toEqual({ kind: 'unknown' });
  });
});
