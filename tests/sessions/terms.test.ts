/** R13: what an appointment's terms do to its session, through the real commands. */
import { describe, expect, test } from 'vitest';
import { appointmentId, sessionId } from '../../src/billing/ids.ts';
import type { TermsChange } from '../../src/billing/terms.ts';
import { ADMIN, anAppointment, CLINIC, t } from '../billing/specimens.ts';
import { book, type Engine, of, openEngine } from './engine.ts';

const MINUTE = 60_000;

const put = ({ executor }: Engine, terms?: TermsChange, id = 1) =>
  executor.execute('putAppointment', {
    appointment: anAppointment({ id }),
    admin: ADMIN,
    ...(terms === undefined ? {} : { terms }),
  });

async function open(terms?: TermsChange): Promise<Engine> {
  const engine = openEngine();
  await book(engine);
  await put(engine, terms);
  return engine;
}

const storedTerms = ({ store }: Engine) => store.tables().appointments.get(appointmentId(1))?.terms;
const policyOf = ({ store }: Engine, id: number) =>
  store.tables().sessions.get(sessionId(id))?.session.policy;

describe('a session', () => {
  test('goes by the terms of its appointment, and another of the same patient by the settings', async () => {
    const engine = await open({ intervalMs: 3 * MINUTE });
    await put(engine, undefined, 2);
    await engine.executor.execute('start', of(1));
    await engine.executor.execute('start', of(2));

    expect(policyOf(engine, 1)).toEqual({ ...CLINIC, intervalMs: 3 * MINUTE, firstActivityMs: 3 * MINUTE });
    expect(policyOf(engine, 2)).toEqual(CLINIC);
    expect(engine.alarmsSet).toEqual(['arm 1 in 180000 ms', 'arm 2 in 600000 ms']);
  });

  test('is charged by the block of its terms', async () => {
    const engine = await open({ intervalMs: 3 * MINUTE });
    await engine.executor.execute('start', of(1));
    await engine.executor.execute('recordActivity', of(1));
    engine.setClock(t('7:00'));

    expect(await engine.executor.execute('end', of(1))).toMatchObject({
      session: { session: { unitsUsed: 3 } },
    });
  });
});

describe('before the start', () => {
  test('terms that are not named again stay, and null takes them back', async () => {
    const engine = await open({ intervalMs: 3 * MINUTE, idleMs: MINUTE });
    await put(engine);
    await put(engine, { idleMs: null, maxDurationMs: 9 * MINUTE });

    expect(storedTerms(engine)).toMatchObject({
      intervalMs: 3 * MINUTE,
      idleMs: null,
      maxDurationMs: 9 * MINUTE,
    });
    await put(engine, { intervalMs: null, maxDurationMs: null });
    expect(storedTerms(engine)).toBeNull();
  });

  test('terms that are flawed are refused, and nothing changes', async () => {
    const engine = await open({ intervalMs: 3 * MINUTE });

    expect(await put(engine, { firstActivityMs: 3 * MINUTE + 1 })).toMatchObject({
      kind: 'terms_flawed',
      flaw: { part: 'firstActivityMs' },
    });
    expect(storedTerms(engine)).toMatchObject({ intervalMs: 3 * MINUTE, firstActivityMs: null });
  });
});

describe('once there is a session', () => {
  test.each(['active', 'ended'])('that is %s, its terms are fixed', async (state) => {
    const engine = await open({ intervalMs: 3 * MINUTE });
    await engine.executor.execute('start', of(1));
    if (state === 'ended') await engine.executor.execute('end', of(1));

    for (const terms of [{ intervalMs: 2 * MINUTE }, { intervalMs: null }, { idleMs: MINUTE }])
      expect(await put(engine, terms)).toEqual({ kind: 'refused', code: 'appointment_in_use' });
    expect(storedTerms(engine)).toMatchObject({ intervalMs: 3 * MINUTE, idleMs: null });
  });

  test.each([undefined, {}, { intervalMs: 3 * MINUTE }, { intervalMs: 3 * MINUTE, idleMs: null }])(
    'the same terms again, %j, are stored as before',
    async (terms) => {
      const engine = await open({ intervalMs: 3 * MINUTE });
      await engine.executor.execute('start', of(1));

      expect(await put(engine, terms)).toMatchObject({
        kind: 'stored',
        appointment: { terms: { intervalMs: 3 * MINUTE } },
      });
    },
  );
});
