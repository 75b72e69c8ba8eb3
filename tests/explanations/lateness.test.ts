/** R12: what was written late says so, and why where that is known. */
import { describe, expect, test } from 'vitest';
import { at, type Day, patientEnds, patientWrites, play, sentencesOf, start, workerSettles } from './day.ts';

const until = (clock: string): Day => ({
  units: 3,
  deeds: [
    ['10:00:00', start],
    ['10:01:00', patientWrites],
    [clock, workerSettles],
  ],
});

const FIRST_BLOCK =
  'Block 1, 10:00:00 to 10:10:00, was complete, so the unit held for it was taken from grant 11.';

const firstBlock = (sentences: ReturnType<typeof sentencesOf>) => sentences.blocks[0]?.explanation;

test('What was written 55 minutes late says so, and keeps the rule of its charge.', async () => {
  const { told } = await play(until('11:05:02'));

  expect(firstBlock(sentencesOf(told()))).toEqual({
    rule: 'R3',
    sentence: `${FIRST_BLOCK} It was written 55 min 2 s after it was due; the amount is the same.`,
  });
});

test('An end that is of no entry says that it was written late, too.', async () => {
  const { told } = await play(until('11:05:02'));

  expect(sentencesOf(told()).end).toEqual({
    rule: 'R4',
    sentence:
      'At 10:30:00 no unit was left for block 4, so the session ended there without a further charge. ' +
      'It was written 35 min 2 s after it was due; the amount is the same.',
  });
});

test.each([
  ['10:10:02.000', ''],
  ['10:10:02.001', ' It was written 2 s after it was due; the amount is the same.'],
])('What is due at 10:10:00 and written at %s is told with %j.', async (clock, late) => {
  const { told } = await play(until(clock));

  expect(firstBlock(sentencesOf(told()))?.sentence).toBe(FIRST_BLOCK + late);
});

test('An end by a person is never late.', async () => {
  const { deeds } = until('10:10:00');
  const { told } = await play({ deeds: [...deeds, ['10:14:00', patientEnds]] });

  expect(sentencesOf(told(at('18:00:00'))).end?.sentence).toBe(
    'The patient ended the session at 10:14:00, 4 min into block 2, so that block was charged.',
  );
});

describe('what is due and not written yet', () => {
  const unwritten = async (clock: string) => {
    const { deeds } = until('10:01:00');
    return sentencesOf((await play({ deeds, units: 3 })).told(at(clock)));
  };

  test('says nothing of it within two seconds', async () => {
    expect(firstBlock(await unwritten('10:10:02'))?.sentence).toBe(FIRST_BLOCK);
  });

  test('says so afterwards', async () => {
    expect(firstBlock(await unwritten('10:10:02.001'))?.sentence).toBe(
      `${FIRST_BLOCK} It is due and not written yet; the amount is the same.`,
    );
  });
});

describe('that no worker was running', () => {
  const away = new Map([[at('10:10:00'), at('10:04:51.900')]]);
  const NO_WORKER = ' No worker was running then; the last was seen at 10:04:51.';

  test('is said to staff of what was due then, and of nothing else', async () => {
    const { told } = await play(until('11:05:02'));
    const [first, second] = sentencesOf(told(), {}, away).blocks;

    expect(first?.explanation.sentence).toBe(
      `${FIRST_BLOCK} It was written 55 min 2 s after it was due; the amount is the same.${NO_WORKER}`,
    );
    expect(second?.explanation.sentence).not.toContain('No worker');
  });

  test('is not said to a participant', async () => {
    const { told } = await play(until('11:05:02'));

    expect(firstBlock(sentencesOf(told(), { reader: 'participant' }, away))?.sentence).toBe(
      `${FIRST_BLOCK} It was written 55 min 2 s after it was due; the amount is the same.`,
    );
  });

  test('is not said of what was written in time', async () => {
    const { told } = await play(until('10:10:01'));

    expect(firstBlock(sentencesOf(told(), {}, away))?.sentence).toBe(FIRST_BLOCK);
  });
});
