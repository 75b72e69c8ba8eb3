/** The sentence of every unit and every block, by the real engine with real figures: blocks of ten minutes from 10:00:00. */
import { describe, expect, test } from 'vitest';
import {
  adminEnds,
  adminGivesBack,
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

describe('the sentence of', () => {
  test.each<[what: string, Day, rule: string, sentence: string]>([
    [
      'a complete block',
      day({}, ...INTO_BLOCK_3),
      'R3',
      'Block 2, 10:10:00 to 10:20:00, was complete, so the unit held for it was taken from grant 11.',
    ],
    [
      'an end by the patient',
      day({}, ...inBlock3(['10:24:10', patientEnds])),
      'R6',
      'The patient ended the session at 10:24:10, 4 min 10 s into block 3, so that block was charged.',
    ],
    [
      'an end by the doctor, of which parts of a second are cut off',
      day({}, ...inBlock3(['10:29:59.999', doctorEnds])),
      'R6',
      'The doctor ended the session at 10:29:59, 9 min 59 s into block 3, so that block was charged.',
    ],
    [
      'an end within the first second of a block',
      day({}, ...inBlock3(['10:20:00.001', patientEnds])),
      'R6',
      'The patient ended the session at 10:20:00, 0 s into block 3, so that block was charged.',
    ],
    [
      'an end by an administrator who charges the block',
      day({}, ...inBlock3(['10:24:10', adminEnds(true)])),
      'R6',
      `User 3 ended the session at 10:24:10 and chose to charge the block in progress: "${NOTE}".`,
    ],
    [
      'a session in which nobody wrote',
      day({}, ['10:00:00', start], ['10:10:00', workerSettles]),
      'R5',
      'Nobody wrote in the first 10 min, so the session ended at 10:10:00 and 1 unit was charged.',
    ],
    [
      'a session in which nobody wrote in time',
      day({ firstActivityMs: 90_000 }, ['10:00:00', start], ['10:01:30', workerSettles]),
      'R5',
      'Nobody wrote in the first 1 min 30 s, so the session ended at 10:01:30 and 1 unit was charged.',
    ],
    [
      'a block in which somebody wrote before all were silent',
      day(
        IDLE,
        ...KEPT_BUSY,
        ['10:18:00', patientWrites],
        ['10:19:00', doctorWrites],
        ['10:24:00', workerSettles],
      ),
      'R8',
      'Nobody wrote for 5 min after 10:19:00, so the session ended at 10:24:00; ' +
        'somebody had written in block 3, so it was charged.',
    ],
    [
      'the longest session',
      day({ maxDurationMs: 25 * MINUTE_MS }, ...inBlock3(['10:25:00', workerSettles])),
      'R10',
      'The session reached its longest time of 25 min at 10:25:00, inside block 3, so that block was charged.',
    ],
    [
      'a unit that an administrator gave back',
      day({}, ...inBlock3(['10:24:10', patientEnds], ['11:02:03', adminGivesBack(2)])),
      'R15',
      `User 3 gave the unit of block 2 back at 11:02:03: "${NOTE}".`,
    ],
    [
      'a unit that is given back for a silent doctor',
      day(
        { doctorResponseMs: 5 * MINUTE_MS },
        ['10:00:00', start],
        ['10:07:00', patientWrites],
        ['10:10:00', workerSettles],
        ['10:12:00', workerSettles],
      ),
      'R9',
      'The doctor did not answer within 5 min, so every unit of this session was given back.',
    ],
  ])('%s', async (_what, told, rule, sentence) => {
    const { entries } = sentencesOf((await play(told)).told());

    expect(entries.at(-1)).toEqual({ rule, sentence });
  });
});

describe('a block that cost nothing says why:', () => {
  const nothing = (block: number, why: string): string =>
    `Block ${block} was in progress at the end and cost nothing: ${why}.`;

  test.each<[what: string, Day, rule: string, sentence: string]>([
    [
      'it ended within the grace',
      day({ endGraceMs: 30_000 }, ...inBlock3(['10:20:30', patientEnds])),
      'R6',
      nothing(3, 'within the grace of 30 s'),
    ],
    [
      'it had just begun',
      day({}, ['10:00:00', start], ['10:00:00', patientEnds]),
      'R6',
      nothing(1, 'it had just begun'),
    ],
    [
      'an administrator chose so',
      day({}, ...inBlock3(['10:24:10', adminEnds(false)])),
      'R6',
      nothing(3, 'user 3 chose so'),
    ],
    [
      'nobody wrote in it before the session was idle',
      day(IDLE, ...KEPT_BUSY, ['10:17:59.999', patientWrites], ['10:22:59.999', workerSettles]),
      'R8',
      nothing(3, 'nobody wrote in it'),
    ],
    [
      'nobody wrote in the session, and silence is free',
      day({ noActivityUnits: 0 }, ['10:00:00', start], ['10:10:00', workerSettles]),
      'R5',
      nothing(1, 'nobody wrote in it'),
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
      nothing(2, 'the doctor did not answer (R9)'),
    ],
  ])('%s', async (_what, told, rule, sentence) => {
    const { blocks } = sentencesOf((await play(told)).told());

    expect(blocks.at(-1)).toEqual({ explanation: { rule, sentence }, refundExplanation: null });
  });
});

test('A block in progress says which grant its unit is held on.', async () => {
  const { blocks, end } = sentencesOf((await play({ deeds: INTO_BLOCK_3 })).told());

  expect(blocks.at(-1)?.explanation).toEqual({
    rule: 'R3',
    sentence: 'Block 3, 10:20:00 to 10:30:00, is in progress: a unit of grant 11 is held for it.',
  });
  expect(end).toBeNull();
});

test('A block that was charged and given back says both.', async () => {
  const { told } = await play({
    deeds: inBlock3(['10:24:10', patientEnds], ['11:02:03', adminGivesBack(2)]),
  });

  expect(sentencesOf(told()).blocks[1]).toEqual({
    explanation: {
      rule: 'R3',
      sentence:
        'Block 2, 10:10:00 to 10:20:00, was complete, so the unit held for it was taken from grant 11.',
    },
    refundExplanation: {
      rule: 'R15',
      sentence: `User 3 gave the unit of block 2 back at 11:02:03: "${NOTE}".`,
    },
  });
});
