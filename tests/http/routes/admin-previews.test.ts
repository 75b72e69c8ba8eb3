import { describe, expect, test } from 'vitest';
import type { Effect } from '../../../src/sessions/effect.ts';
import { effectJson, etagOf } from '../../../src/http/answers/effect.ts';
import { adjustmentEffect, refundEffect } from '../../../src/http/documentation/act-examples.ts';
import { afterTheEnd, minute } from '../../../src/http/documentation/examples.ts';
import { engineDouble } from '../engine-double.ts';
import { openApp, sharedApp } from '../open-app.ts';
import { asAdmin, asPatient } from '../tokens.ts';

const ROUTES = [
  ['refund', '/api/admin/ledger/70003/refund', {}],
  ['takeBack', '/api/admin/ledger/70004/take-back', {}],
  ['adjust', '/api/admin/subscriptions/31/adjustments', { units: 2 }],
  ['endByAdmin', '/api/admin/sessions/9001/end', { charge: true }],
] as const;

const recorded = () => ({ kind: 'recorded', effect: refundEffect }) as const;
const changed = () => ({ kind: 'effect_changed', effect: adjustmentEffect }) as const;

/** An engine in which everything has one effect. */
const doing = () =>
  engineDouble({
    refund: recorded,
    takeBack: recorded,
    adjust: recorded,
    endByAdmin: () => ({ kind: 'ended', session: afterTheEnd, effect: refundEffect }),
  });

const shared = sharedApp({ engine: doing() });
const headers = () => ({ ...asAdmin(), 'idempotency-key': 'ticket-4711' });

describe('A preview', () => {
  test.each(ROUTES)(
    'of %s shows the effect with its tag, needs no note yet, and does nothing',
    async (kind, url, rest) => {
      const { app, engine } = shared();
      const answer = await app.inject({
        method: 'POST',
        url: `${url}?preview=true`,
        headers: headers(),
        payload: { ...rest, note: '' },
      });
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['etag']).toBe(etagOf(refundEffect));
      expect(answer.json()).toStrictEqual({
        success: true,
        message: 'What it would do now: nothing was done',
        data: { effect: effectJson(refundEffect) },
      });
      expect(engine.asked.map(({ name }) => name)).toStrictEqual([`preview ${kind}`]);
    },
  );

  test.each(ROUTES)('is not taken for the act, nor the act for a preview: %s', async (kind, url, rest) => {
    const { app, engine } = shared();
    const asked = { method: 'POST', headers: headers(), payload: { ...rest, note: 'a' } } as const;
    expect((await app.inject({ ...asked, url: `${url}?preview=false` })).statusCode).toBe(200);
    expect(engine.asked[0]).toMatchObject({ name: kind });
    for (const query of ['preview', 'preview=1', 'preview=TRUE', 'previw=true'])
      expect((await app.inject({ ...asked, url: `${url}?${query}` })).statusCode).toBe(422);
    expect(engine.asked.filter(({ name }) => name === kind)).toHaveLength(1);
  });

  test.each(ROUTES)('is for administrators only: %s', async (_kind, url, rest) => {
    const { app, engine } = shared();
    const answer = await app.inject({
      method: 'POST',
      url: `${url}?preview=true`,
      headers: { ...asPatient(), 'idempotency-key': 'a' },
      payload: { ...rest, note: '' },
    });
    expect(answer.statusCode).toBe(403);
    expect(engine.asked).toStrictEqual([]);
  });

  test('has the same tag while the effect is the same, whenever it is asked for', () => {
    const later = (effect: Effect): Effect => ({
      ...effect,
      adds: {
        ...effect.adds,
        entries: effect.adds.entries.map((entry) => ({ ...entry, effectiveAt: minute(90) })),
      },
    });
    expect(etagOf(later(refundEffect))).toBe(etagOf(refundEffect));
    expect(etagOf({ ...refundEffect, dueAnyway: refundEffect.adds })).toBe(etagOf(refundEffect));
    const [grant] = refundEffect.grants;
    const others: readonly Effect[] = [
      adjustmentEffect,
      { ...refundEffect, session: null },
      ...(grant === undefined
        ? []
        : [
            { ...refundEffect, grants: [{ ...grant, before: 1 }] },
            { ...refundEffect, grants: [{ ...grant, isUsable: false }] },
          ]),
    ];
    const tags = new Set([refundEffect, ...others].map(etagOf));
    expect(tags.size).toBe(5);
  });
});

describe('An act with If-Match', () => {
  test.each(ROUTES)(
    'is done where the effect is still the one that was shown: %s',
    async (kind, url, rest) => {
      const { app, engine } = shared();
      const payload = { ...rest, note: 'a' };
      for (const [tags, isExpected] of [
        [etagOf(refundEffect), true],
        [`"old", ${etagOf(refundEffect)}`, true],
        ['"old"', false],
        [`W/${etagOf(refundEffect)}`, false],
        ['', false],
      ] as const) {
        engine.asked.length = 0;
        await app.inject({ method: 'POST', url, headers: { ...headers(), 'if-match': tags }, payload });
        const command: { isExpected?: (effect: Effect) => boolean } = Object(engine.asked[0]?.with);
        expect([tags, command.isExpected?.(refundEffect)]).toStrictEqual([tags, isExpected]);
      }
      engine.asked.length = 0;
      await app.inject({ method: 'POST', url, headers: { ...headers(), 'if-match': '*' }, payload });
      await app.inject({ method: 'POST', url, headers: headers(), payload });
      const commands = engine.asked.filter(({ name }) => name === kind).map((asked) => asked.with);
      expect(commands).toHaveLength(2);
      for (const command of commands) expect(command).not.toHaveProperty('isExpected');
    },
  );

  test.each(ROUTES)('shows the effect as it is now where that is another: %s', async (_kind, url, rest) => {
    const engine = engineDouble({ refund: changed, takeBack: changed, adjust: changed, endByAdmin: changed });
    const { app } = await openApp({ engine });
    const answer = await app.inject({
      method: 'POST',
      url,
      headers: { ...headers(), 'if-match': '"old"' },
      payload: { ...rest, note: 'a' },
    });
    expect(answer.statusCode).toBe(412);
    expect(answer.headers['etag']).toBe(etagOf(adjustmentEffect));
    expect(answer.json()).toMatchObject({
      success: false,
      code: 'effect_changed',
      data: { effect: effectJson(adjustmentEffect) },
    });
  });
});

test.each([
  ['refund', 'already_refunded', '/api/admin/ledger/70003/refund'],
  ['takeBack', 'already_taken_back', '/api/admin/ledger/70004/take-back'],
] as const)('What was undone before says who did it, and when: %s', async (kind, code, url) => {
  const undone = { by: { role: 'admin', id: afterTheEnd.session.doctorId }, at: minute(60) } as const;
  const refusing = (at: typeof undone | { by: { role: 'system' }; at: typeof undone.at }) =>
    openApp({ engine: engineDouble({ [kind]: () => ({ kind: 'refused', code, undone: at }) }) });
  const byAdmin = await refusing(undone);
  const bySystem = await refusing({ by: { role: 'system' }, at: minute(60) });
  const answers = [];
  for (const { app } of [byAdmin, bySystem])
    answers.push(await app.inject({ method: 'POST', url, headers: headers(), payload: { note: 'a' } }));
  expect(answers.map(({ statusCode }) => statusCode)).toStrictEqual([409, 409]);
  expect(answers.map((answer) => answer.json<{ data: unknown }>().data)).toStrictEqual([
    { by: 2002, at: '2026-11-22T10:00:00.000Z' },
    { by: null, at: '2026-11-22T10:00:00.000Z' },
  ]);
});
