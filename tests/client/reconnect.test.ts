import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterEnd, type Ending, noCounts } from '../../src/client/reconnect.ts';
import { backOffMs } from '../../src/client/time.ts';
import { claimsOf } from '../../src/client/token.ts';
import { tokenOf } from './stage.ts';

const ending = (code: number, change: Partial<Ending> = {}): Ending => ({
  code,
  reason: '',
  isWelcome: true,
  ...change,
});

test.each([
  [0, 1_000],
  [1, 1_000],
  [2, 2_000],
  [3, 4_000],
  [6, 30_000],
  [60, 30_000],
])('After %i tries a client waits for 0 to %i ms', (tries, mostMs) => {
  expect([0, 0.5, 1].map((random) => backOffMs(tries, random))).toEqual([0, mostMs / 2, mostMs]);
});

test('A bye says when to come back: exactly then at a stop, no sooner else, and after five seconds where the client sent too much', () => {
  const after = (code: number, ms: number | null): number =>
    afterEnd(noCounts(), ending(code, { reconnect_after_ms: ms }), 0.5)[1];
  expect(after(1001, 4_321)).toBe(4_321);
  expect(after(1001, 0)).toBe(0);
  expect(after(1001, null)).toBe(500);
  expect(after(4503, 4_321)).toBe(4_321);
  expect(after(4503, 10)).toBe(500);
  expect(after(4429, 10)).toBe(5_000);
  expect(after(4429, 9_000)).toBe(9_000);
});

test('A socket that was welcomed ends a row of failures, and a refused token is no failure of the socket', () => {
  const counts = noCounts();
  const modes = [false, false, true, false, false, false, false].map(
    (isWelcome) => afterEnd(counts, ending(1006, { isWelcome }), 0)[0],
  );
  expect(modes).toEqual(['offline', 'offline', 'connecting', 'offline', 'offline', 'polling', 'polling']);
  const others = noCounts();
  afterEnd(others, ending(1006, { isWelcome: false }), 0);
  afterEnd(others, ending(4401, { isWelcome: false }), 0);
  expect(others.failures).toBe(1);
});

test('However sockets end, the next try is within a minute, or there is none and the user is told', () => {
  const codes = fc.constantFrom(1000, 1001, 1005, 1006, 1009, 1011, 4400, 4401, 4408, 4411, 4429, 4503, 4999);
  const endings = fc.array(
    fc.record({ code: codes, isWelcome: fc.boolean(), random: fc.double({ min: 0, max: 1, noNaN: true }) }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(endings, (list) => {
      const counts = noCounts();
      for (const { code, isWelcome, random } of list) {
        const [mode, afterMs] = afterEnd(counts, ending(code, { isWelcome }), random);
        const isHalted = afterMs === Infinity;
        expect(isHalted).toBe(code === 1009 || code === 4400 || mode === 'signed_out');
        if (!isHalted) expect(afterMs).toBeLessThanOrEqual(60_000);
        if (code === 4429 && mode !== 'polling') expect(afterMs).toBeGreaterThanOrEqual(5_000);
      }
    }),
  );
});

test('A token says whose it is and when it ends; what is no token says nothing', () => {
  expect(claimsOf(tokenOf(101, 60_000))).toMatchObject({ sub: '101' });
  expect(claimsOf('opaque')).toEqual({});
  expect(claimsOf('a.b.c')).toEqual({});
  const claims = Buffer.from(JSON.stringify({ sub: 7, name: 'Zoë ??>>' })).toString('base64url');
  expect(claimsOf(`x.${claims}.y`)).toMatchObject({ sub: 7 });
});
