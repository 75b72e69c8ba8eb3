import { describe, expect, test } from 'vitest';
import { type Effect, endSentences, grantSentences } from '../../web/src/acts/effect-words.ts';
import { troubleWords } from '../../web/src/acts/trouble.ts';
import { parseUnits } from '../../web/src/acts/units-text.ts';

const clock = (instant: string) => instant.slice(11, 16);
const effect = (changes: Partial<Effect>): Effect => ({
  due_anyway: { units: 0 },
  adds: { units: 0 },
  grants: [],
  session: null,
  other_sessions: [],
  ...changes,
});

describe('the effect of a correction, in words', () => {
  test('names the grant, and its units before and after', () => {
    const grants = [{ grant_id: 11, before: 3, after: 4, usable: true }];
    expect(grantSentences(effect({ grants }), clock)).toEqual(['Grant 11 goes from 3 to 4 units.']);
  });

  test('says that a unit given to an expired grant is of no use', () => {
    const grants = [{ grant_id: 11, before: 0, after: 1, usable: false }];
    expect(grantSentences(effect({ grants }), clock)).toEqual([
      'Grant 11 goes from 0 to 1 unit.',
      'Grant 11 has expired: the patient cannot use this unit. Adjust another grant instead.',
    ]);
  });

  test('does not say so of a unit that is taken', () => {
    const grants = [{ grant_id: 11, before: 4, after: 3, usable: false }];
    expect(grantSentences(effect({ grants }), clock)).toEqual(['Grant 11 goes from 4 to 3 units.']);
  });

  test('says until when a session can go on now', () => {
    const other_sessions = [
      {
        session_id: 9,
        funded_until_before: '2026-11-22T10:20:00.000Z',
        funded_until: '2026-11-22T10:50:00.000Z',
      },
    ];
    const grants = [{ grant_id: 11, before: 3, after: 8, usable: true }];
    expect(grantSentences(effect({ grants, other_sessions }), clock)).toEqual([
      'Grant 11 goes from 3 to 8 units.',
      'Session 9 can go on until 10:50.',
    ]);
  });
});

describe('the effect of an end, in words', () => {
  const ended = (due: number, adds: number, all: number) =>
    endSentences(
      effect({
        due_anyway: { units: due },
        adds: { units: adds },
        session: { session_id: 7, units_after: all },
      }),
    ).join(' ');

  test('tells what is due anyway from what ending now takes', () => {
    expect(ended(1, 1, 3)).toBe(
      '1 unit is due anyway. Ending now takes 1 more: 3 in all. This cannot be undone.',
    );
    expect(ended(2, 0, 2)).toBe(
      '2 units are due anyway. Ending now costs nothing more: 2 in all. This cannot be undone.',
    );
  });

  test('leaves out what is not', () => {
    expect(ended(0, 1, 1)).toBe('Ending now takes 1 more: 1 in all. This cannot be undone.');
    expect(ended(-1, 0, 0)).toBe(
      '1 unit is given back anyway. Ending now costs nothing more: 0 in all. This cannot be undone.',
    );
  });
});

describe('why something was not done, in words', () => {
  const answered = { status: 409, code: 'x', message: 'No', requestId: 'r1', errors: [], data: {} };

  test('says by whom and when it was done before', () => {
    const data = { by: 3, at: '2026-11-22T10:21:00.000Z' };
    expect(troubleWords({ ...answered, code: 'already_refunded', data }, clock)).toBe(
      'This unit was given back before, by user 3 at 10:21.',
    );
    expect(troubleWords({ ...answered, code: 'already_taken_back' }, clock)).toBe(
      'This refund was taken back before.',
    );
  });

  test.each([
    ['no answer came', { status: 0, code: 'no_answer' }],
    ['the server was not to be had', { status: 503, code: 'unavailable' }],
    ['a proxy answered for it', { status: 502, code: 'unreadable' }],
  ])('promises where %s that trying again does nothing twice', (_what, given) => {
    expect(troubleWords({ ...answered, ...given }, clock)).toBe(
      'No answer. Try again: it will not be done twice.',
    );
  });

  test('names the request of anything else', () => {
    expect(troubleWords({ ...answered, message: 'The subscription cannot go below 2.' }, clock)).toBe(
      'The subscription cannot go below 2. Request r1.',
    );
  });
});

describe('units as somebody types them', () => {
  test.each([
    ['5', 5],
    [' +5 ', 5],
    ['-3', -3],
    ['−3', -3],
    ['0', null],
    ['', null],
    ['1.5', null],
    ['five', null],
  ])('%j is %j', (text, units) => {
    expect(parseUnits(text)).toBe(units);
  });
});
