/** Sentences in the reader's own time: a zone half an hour off, nights in which clocks are set, and midnight. */
import { describe, expect, test } from 'vitest';
import { adminGivesBack, at, type Day, patientEnds, patientWrites, play, sentencesOf, start } from './day.ts';
import { wallClock } from '../../src/explanations/wall-clock.ts';

/** A session of `minutes`, of which the first message comes in the first minute. */
const lasting = (startsAt: string, minutes: number): Day['deeds'] => {
  const later = (ms: number): string =>
    new Date(at(startsAt) + ms).toISOString().replace('T', ' ').replace('Z', '');
  return [
    [startsAt, start],
    [later(1_000), patientWrites],
    [later(minutes * 60_000), patientEnds],
  ];
};

const sentences = async (timeZone: string, deeds: Day['deeds']) =>
  sentencesOf((await play({ deeds, units: 20 })).told(), { timeZone }).entries.map(
    ({ sentence }) => sentence,
  );

/** Blocks are told as `10:00:00 to 10:10:00`. */
const spans = async (timeZone: string, startsAt: string, minutes: number) =>
  (await sentences(timeZone, lasting(startsAt, minutes))).flatMap(
    (sentence) => /^Block \d+, (.+), was complete/.exec(sentence)?.[1] ?? [],
  );

test('In Asia/Kolkata it is five and a half hours later.', async () => {
  expect(await sentences('Asia/Kolkata', lasting('2027-01-15 10:00:00', 14))).toEqual([
    'Block 1, 15:30:00 to 15:40:00, was complete, so the unit held for it was taken from grant 11. ' +
      'It was written 4 min after it was due; the amount is the same.',
    'The patient ended the session at 15:44:00, 4 min into block 2, so that block was charged.',
  ]);
});

describe('in Europe/Berlin', () => {
  test.each([
    ['winter', '2027-01-15 10:00:00', '11:00:00 to 11:10:00'],
    ['summer', '2027-07-15 10:00:00', '12:00:00 to 12:10:00'],
  ])('it is another time in %s', async (_season, startsAt, span) => {
    expect(await spans('Europe/Berlin', startsAt, 12)).toEqual([span]);
  });

  test('a block may last from 01:55 to 03:05, in the night in which the clock is set forward', async () => {
    expect(await spans('Europe/Berlin', '2027-03-28 00:55:00', 12)).toEqual(['01:55:00 to 03:05:00']);
  });

  test('a time that comes twice in a night says which of the two it is', async () => {
    expect(await spans('Europe/Berlin', '2027-10-30 23:55:00', 135)).toEqual([
      '01:55:00 to 02:05:00 (UTC+02:00)',
      '02:05:00 (UTC+02:00) to 02:15:00 (UTC+02:00)',
      '02:15:00 (UTC+02:00) to 02:25:00 (UTC+02:00)',
      '02:25:00 (UTC+02:00) to 02:35:00 (UTC+02:00)',
      '02:35:00 (UTC+02:00) to 02:45:00 (UTC+02:00)',
      '02:45:00 (UTC+02:00) to 02:55:00 (UTC+02:00)',
      '02:55:00 (UTC+02:00) to 02:05:00 (UTC+01:00)',
      '02:05:00 (UTC+01:00) to 02:15:00 (UTC+01:00)',
      '02:15:00 (UTC+01:00) to 02:25:00 (UTC+01:00)',
      '02:25:00 (UTC+01:00) to 02:35:00 (UTC+01:00)',
      '02:35:00 (UTC+01:00) to 02:45:00 (UTC+01:00)',
      '02:45:00 (UTC+01:00) to 02:55:00 (UTC+01:00)',
      '02:55:00 (UTC+01:00) to 03:05:00',
    ]);
  });

  test.each([
    ['2027-10-30 23:59:59', '01:59:59'],
    ['2027-10-31 00:00:00', '02:00:00 (UTC+02:00)'],
    ['2027-10-31 00:59:59.999', '02:59:59 (UTC+02:00)'],
    ['2027-10-31 01:00:00', '02:00:00 (UTC+01:00)'],
    ['2027-10-31 02:00:00', '03:00:00'],
  ])('%s in UTC is told as %s', (clock, told) => {
    expect(wallClock('Europe/Berlin', at('2027-10-31 00:00:00'))(at(clock))).toBe(told);
  });
});

describe('a time on another date than the start of the session', () => {
  test('says its date', async () => {
    expect(await spans('UTC', '2027-01-15 23:45:00', 22)).toEqual([
      '23:45:00 to 23:55:00',
      '23:55:00 to 00:05:00 on 2027-01-16',
    ]);
  });

  test('is another date in another zone', async () => {
    expect(await spans('Asia/Kolkata', '2027-01-15 18:25:00', 12)).toEqual([
      '23:55:00 to 00:05:00 on 2027-01-16',
    ]);
    expect(await spans('America/New_York', '2027-01-16 04:55:00', 12)).toEqual([
      '23:55:00 to 00:05:00 on 2027-01-16',
    ]);
  });

  test('may be that of a refund a month later', async () => {
    const deeds: Day['deeds'] = [
      ...lasting('2027-01-15 10:00:00', 4),
      ['2027-02-20 11:02:03', adminGivesBack(1)],
    ];

    expect((await sentences('UTC', deeds)).at(-1)).toMatch(
      /^User 3 gave the unit of block 1 back at 11:02:03 on 2027-02-20: /,
    );
  });
});

test('A time zone that nobody knows is refused.', () => {
  expect(() => wallClock('Europe/Atlantis', at('10:00:00'))).toThrow(RangeError);
});
