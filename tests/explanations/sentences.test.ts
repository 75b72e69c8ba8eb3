/** The sentence of every unit and every end, by the real engine with real figures: blocks of ten minutes from 10:00:00. */
import { describe, expect, test } from 'vitest';
import type { Policy } from '../../src/billing/policy.ts';
import {
  adminEnds,
  adminGivesBack,
  type Day,
  doctorEnds,
  doctorWrites,
  NOTE,
  patientEnds,
  patientWrites,
  play,
  sentencesOf,
  start,
  workerSettles,
} from './day.ts';

const MINUTE_MS = 60_000;

/** Both have written, and the session is in its third block. */
const INTO_BLOCK_3: Day['deeds'] = [
  ['10:00:00', start],
  ['10:01:00', patientWrites],
  ['10:02:00', doctorWrites],
  ['10:10:00', workerSettles],
  ['10:20:00', workerSettles],
];

const day = (policy: Partial<Policy>, ...deeds: Day['deeds']): Day => ({ policy, deeds });
const then = (...deeds: Day['deeds']): Day['deeds'] => [...INTO_BLOCK_3, ...deeds];

/** A message at least every four minutes from 09:58:00 to the time given, so that nothing is idle for five before. */
const KEPT_BUSY: Day['deeds'] = [
  ['09:58:00', start],
  ['10:02:00', patientWrites],
  ['10:06:00', doctorWrites],
  ['10:10:00', patientWrites],
  ['10:14:00', patientWrites],
];

const IDLE = { idleMs: 5 * MINUTE_MS };

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
      day({}, ...then(['10:24:10', patientEnds])),
      'R6',
      'The patient ended the session at 10:24:10, 4 min 10 s into block 3, so that block was charged.',
    ],
    [
      'an end by the doctor, of which parts of a second are cut off',
      day({}, ...then(['10:29:59.999', doctorEnds])),
      'R6',
      'The doctor ended the session at 10:29:59, 9 min 59 s into block 3, so that block was charged.',
    ],
    [
      'an end within the first second of a block',
      day({}, ...then(['10:20:00.001', patientEnds])),
      'R6',
      'The patient ended the session at 10:20:00, 0 s into block 3, so that block was charged.',
    ],
    [
      'an end by an administrator who charges the block',
      day({}, ...then(['10:24:10', adminEnds(true)])),
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
      day({ maxDurationMs: 25 * MINUTE_MS }, ...then(['10:25:00', workerSettles])),
      'R10',
      'The session reached its longest time of 25 min at 10:25:00, inside block 3, so that block was charged.',
    ],
    [
      'a unit that an administrator gave back',
      day({}, ...then(['10:24:10', patientEnds], ['11:02:03', adminGivesBack(2)])),
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
      day({ endGraceMs: 30_000 }, ...then(['10:20:30', patientEnds])),
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
      day({}, ...then(['10:24:10', adminEnds(false)])),
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
  const { told } = await play({ deeds: then(['10:24:10', patientEnds], ['11:02:03', adminGivesBack(2)]) });

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

describe('what ended a session without a charge:', () => {
  test.each<[what: string, Day, rule: string, sentence: string]>([
    [
      'the units ran out',
      { units: 3, deeds: then(['10:30:00', workerSettles]) },
      'R4',
      'At 10:30:00 no unit was left for block 4, so the session ended there without a further charge.',
    ],
    [
      'the patient, within the grace',
      day({ endGraceMs: 30_000 }, ...then(['10:20:10', patientEnds])),
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
      day({}, ...then(['10:24:10', adminEnds(false)])),
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
  ['the patient', day({}, ...then(['10:24:10', patientEnds]))],
  ['an administrator', day({}, ...then(['10:24:10', adminEnds(true)]))],
  ['an administrator at a boundary', day({}, ...INTO_BLOCK_3.slice(0, -1), ['10:20:00', adminEnds(true)])],
  ['silence', day({}, ['10:00:00', start], ['10:10:00', workerSettles])],
  ['idleness', day(IDLE, ...KEPT_BUSY, ['10:18:00', patientWrites], ['10:23:00', workerSettles])],
  ['its longest time', day({ maxDurationMs: 25 * MINUTE_MS }, ...then(['10:25:00', workerSettles]))],
])('An end by %s that charged its block is told by the sentence of that charge.', async (_what, told) => {
  const { end, entries, blocks } = sentencesOf((await play(told)).told());

  expect(end).toEqual(entries.at(-1));
  expect(end).toEqual(blocks.at(-1)?.explanation);
});
