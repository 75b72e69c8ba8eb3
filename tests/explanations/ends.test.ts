/** The sentence of every end, by the real engine with real figures: blocks of ten minutes from 10:00:00. */
import { describe, expect, test } from 'vitest';
import {
  adminEnds,
  type Day,
  day,
  doctorEnds,
  doctorWrites,
  IDLE,
  INTO_BLOCK_3,
  KEPT_BUSY,
  MINUTE_MS,
  NOTE,
  patientEnds,
  patientWrites,
  play,
  sentencesOf,
  start,
  inBlock3,
  workerSettles,
} from './day.ts';

describe('what ended a session without a charge:', () => {
  test.each<[what: string, Day, rule: string, sentence: string]>([
    [
      'the units ran out',
      { units: 3, deeds: inBlock3(['10:30:00', workerSettles]) },
      'R4',
      'At 10:30:00 no unit was left for block 4, so the session ended there without a further charge.',
    ],
    [
      'the patient, within the grace',
      day({ endGraceMs: 30_000 }, ...inBlock3(['10:20:10', patientEnds])),
      'R6',
      'The patient ended the session at 10:20:10, 10 s into block 3, within the grace of 30 s, so that block cost nothing.',
    ],
    [
      'the doctor, at the very boundary',
      day({}, ...INTO_BLOCK_3.slice(0, -1), ['10:20:00', doctorEnds]),
      'R6',
      'The doctor ended the session at 10:20:00, as block 2 was complete, so nothing more was charged.',
    ],
    [
      'the patient, at the very start',
      day({}, ['10:00:00', start], ['10:00:00', patientEnds]),
      'R6',
      'The patient ended the session at 10:00:00, as block 1 began, so that block cost nothing.',
    ],
    [
      'an administrator who charges nothing more',
      day({}, ...inBlock3(['10:24:10', adminEnds(false)])),
      'R6',
      `User 3 ended the session at 10:24:10 and chose not to charge the block in progress: "${NOTE}".`,
    ],
    [
      'nobody wrote, and silence is free',
      day({ noActivityUnits: 0 }, ['10:00:00', start], ['10:10:00', workerSettles]),
      'R5',
      'Nobody wrote in the first 10 min, so the session ended at 10:10:00 and nothing was charged.',
    ],
    [
      'nobody wrote any more',
      day(IDLE, ...KEPT_BUSY, ['10:17:59.999', patientWrites], ['10:22:59.999', workerSettles]),
      'R8',
      'Nobody wrote for 5 min after 10:17:59, so the session ended at 10:22:59; ' +
        'nobody had written in block 3, so it cost nothing.',
    ],
    [
      'nobody wrote any more until the end of a block',
      day(
        { idleMs: 4 * MINUTE_MS },
        ['10:00:00', start],
        ['10:03:00', patientWrites],
        ['10:06:00', doctorWrites],
        ['10:10:00', workerSettles],
      ),
      'R8',
      'Nobody wrote for 4 min after 10:06:00, so the session ended at 10:10:00, as block 1 was complete, ' +
        'and nothing more was charged.',
    ],
    [
      'the doctor was silent',
      day(
        { doctorResponseMs: 5 * MINUTE_MS },
        ['10:00:00', start],
        ['10:07:00', patientWrites],
        ['10:12:00', workerSettles],
      ),
      'R9',
      'The doctor did not answer within 5 min, so the session ended at 10:12:00 and cost nothing.',
    ],
    [
      'the longest session ended with a block',
      day({ maxDurationMs: 20 * MINUTE_MS }, ...INTO_BLOCK_3),
      'R10',
      'The session reached its longest time of 20 min at 10:20:00, as block 2 was complete, so nothing more was charged.',
    ],
  ])('%s', async (_what, told, rule, sentence) => {
    expect(sentencesOf((await play(told)).told()).end).toEqual({ rule, sentence });
  });
});

test.each<[what: string, Day]>([
  ['the patient', day({}, ...inBlock3(['10:24:10', patientEnds]))],
  ['an administrator', day({}, ...inBlock3(['10:24:10', adminEnds(true)]))],
  ['an administrator at a boundary', day({}, ...INTO_BLOCK_3.slice(0, -1), ['10:20:00', adminEnds(true)])],
  ['silence', day({}, ['10:00:00', start], ['10:10:00', workerSettles])],
  ['idleness', day(IDLE, ...KEPT_BUSY, ['10:18:00', patientWrites], ['10:23:00', workerSettles])],
  ['its longest time', day({ maxDurationMs: 25 * MINUTE_MS }, ...inBlock3(['10:25:00', workerSettles]))],
])('An end by %s that charged its block is told by the sentence of that charge.', async (_what, told) => {
  const { end, entries, blocks } = sentencesOf((await play(told)).told());

  expect(end).toEqual(entries.at(-1));
  expect(end).toEqual(blocks.at(-1)?.explanation);
});
