import { describe, expect, test } from 'vitest';
import { instant } from '../../src/billing/time.ts';
import { addDays, calendarOf, countDays, isDate } from '../../src/http/calendar.ts';

const hoursOf = (timeZone: string, date: string): number => {
  const { startOf } = calendarOf(timeZone);
  return (startOf(addDays(date, 1)) - startOf(date)) / 3_600_000;
};

describe('a day of a time zone', () => {
  test.each([
    ['UTC', '2026-03-29', '2026-03-29T00:00:00.000Z', 24],
    ['Europe/Berlin', '2026-03-28', '2026-03-27T23:00:00.000Z', 24],
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z', 23],
    ['Europe/Berlin', '2026-03-30', '2026-03-29T22:00:00.000Z', 24],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00.000Z', 25],
    ['America/New_York', '2026-11-01', '2026-11-01T04:00:00.000Z', 25],
    ['Asia/Kolkata', '2026-11-22', '2026-11-21T18:30:00.000Z', 24],
    ['Australia/Lord_Howe', '2026-04-05', '2026-04-04T13:00:00.000Z', 24.5],
    ['Pacific/Kiritimati', '2026-11-22', '2026-11-21T10:00:00.000Z', 24],
    ['Etc/GMT+12', '2026-11-22', '2026-11-22T12:00:00.000Z', 24],
    // Clocks were put forward at midnight: the day began at 01:00.
    ['America/Sao_Paulo', '2017-10-15', '2017-10-15T03:00:00.000Z', 23],
    // And back at midnight, to 23:00 of the day before.
    ['America/Sao_Paulo', '2018-02-17', '2018-02-17T02:00:00.000Z', 25],
    // Samoa went over the date line and had no 30th.
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z', 0],
  ])('in %s on %s begins at %s and has %d hours', (timeZone, date, begins, hours) => {
    expect(new Date(calendarOf(timeZone).startOf(date)).toISOString()).toBe(begins);
    expect(hoursOf(timeZone, date)).toBe(hours);
  });

  test.each(['UTC', 'Europe/Berlin', 'America/St_Johns', 'Africa/Cairo', 'Asia/Tehran', 'Pacific/Auckland'])(
    'in %s has all its instants, and no other day has one of them',
    (timeZone) => {
      const { dateOf, startOf } = calendarOf(timeZone);
      for (let date = '2025-01-01'; date < '2027-01-01'; date = addDays(date, 1)) {
        const start = startOf(date);
        expect([dateOf(start), dateOf(instant(start - 1))]).toEqual([date, addDays(date, -1)]);
      }
    },
  );
});

test.each([
  ['2026-11-22', true],
  ['2024-02-29', true],
  ['1970-01-01', true],
  ['9999-12-30', true],
  ['9999-12-31', false],
  ['2026-02-29', false],
  ['2026-13-01', false],
  ['1969-12-31', false],
  ['2026-1-1', false],
  ['22.11.2026', false],
  ['2026-11-22T00:00:00Z', false],
  ['', false],
])('whether %j is a date: %s', (text, expected) => {
  expect(isDate(text)).toBe(expected);
});

test('days are counted with the first and the last one', () => {
  expect(countDays('2026-02-27', '2026-03-01')).toBe(3);
  expect(countDays('2026-03-01', '2026-03-01')).toBe(1);
  expect(countDays('2026-03-02', '2026-03-01')).toBe(0);
});
