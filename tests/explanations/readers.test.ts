/** A participant reads the same sentences as staff, without who an administrator was and without the notes. */
import { describe, expect, test } from 'vitest';
import { userId } from '../../src/billing/ids.ts';
import {
  adminEnds,
  adminGivesBack,
  at,
  type Day,
  NOTE,
  patientWrites,
  play,
  sentencesOf,
  start,
  workerSettles,
} from './day.ts';

const BEGINNING: Day['deeds'] = [
  ['10:00:00', start],
  ['10:01:00', patientWrites],
  ['10:10:00', workerSettles],
];

const read = async (reader: 'staff' | 'participant', ...deeds: Day['deeds']) =>
  sentencesOf((await play({ deeds: [...BEGINNING, ...deeds] })).told(), { reader });

describe('a participant', () => {
  test('reads that an administrator ended the session, and no note', async () => {
    const { end } = await read('participant', ['10:14:10', adminEnds(true)]);

    expect(end).toEqual({
      rule: 'R6',
      sentence: 'An administrator ended the session at 10:14:10 and chose to charge the block in progress.',
    });
  });

  test('reads that an administrator did not charge the block in progress', async () => {
    const { end, blocks } = await read('participant', ['10:14:10', adminEnds(false)]);

    expect(end?.sentence).toBe(
      'An administrator ended the session at 10:14:10 and chose not to charge the block in progress.',
    );
    expect(blocks[1]?.explanation.sentence).toBe(
      'Block 2 was in progress at the end and cost nothing: an administrator chose so.',
    );
  });

  test('reads that an administrator gave a unit back', async () => {
    const { blocks } = await read('participant', ['11:02:03', adminGivesBack(1)]);

    expect(blocks[0]?.refundExplanation).toEqual({
      rule: 'R15',
      sentence: 'An administrator gave the unit of block 1 back at 11:02:03.',
    });
  });

  test('reads what staff read in everything else', async () => {
    const deeds: Day['deeds'] = [
      ['10:44:10', adminEnds(true)],
      ['11:02:03', adminGivesBack(2)],
    ];
    const ofStaff = JSON.stringify(await read('staff', ...deeds));
    const ofParticipant = JSON.stringify(await read('participant', ...deeds));

    expect(ofStaff).toContain('User 3');
    expect(ofStaff).toContain(JSON.stringify(NOTE).slice(1, -1));
    const note = JSON.stringify(`: "${NOTE}".`).slice(1, -1);
    expect(ofStaff.replaceAll('User 3', 'An administrator').replaceAll(note, '.')).toBe(ofParticipant);
  });
});

test('A refund that was taken back says so, to staff with name and note and to a participant without.', async () => {
  const { told } = await play({ deeds: [...BEGINNING, ['11:02:03', adminGivesBack(1)]] });
  const given = told();
  const taken = {
    effectiveAt: at('11:10:00'),
    actor: { role: 'admin', id: userId(4) },
    note: 'by mistake',
  } as const;
  const blocks = given.blocks.map((block) => ({
    ...block,
    refund: block.refund === null ? null : { ...block.refund, takenBack: taken },
  }));
  const sentence = (reader: 'staff' | 'participant') =>
    sentencesOf({ ...given, blocks }, { reader }).blocks[0]?.refundExplanation?.sentence;

  expect(sentence('staff')).toBe(
    `User 3 gave the unit of block 1 back at 11:02:03: "${NOTE}". User 4 took it back at 11:10:00: "by mistake".`,
  );
  expect(sentence('participant')).toBe(
    'An administrator gave the unit of block 1 back at 11:02:03. An administrator took it back at 11:10:00.',
  );
});
