import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sessionId } from '../../src/billing/ids.ts';
import { type Clinic, openClinic, PATIENT } from '../engine/clinic.ts';

let clinic: Clinic;
beforeEach(async () => {
  clinic = await openClinic();
});
afterEach(() => clinic.close());

const ID = sessionId(1);

async function writeTexts(...texts: string[]): Promise<void> {
  await clinic.grant(1, 5);
  await clinic.book(501);
  await clinic.start(501, PATIENT);
  for (const text of texts) await clinic.send(501, PATIENT, text, randomUUID());
}

test('a page of the longest messages ends at a quarter of a megabyte, says that there is more, and none is left out', async () => {
  // Four bytes each: 16 kB a message.
  const longest = '😀'.repeat(4000);
  await writeTexts(...Array.from({ length: 40 }, () => longest));
  const { records } = clinic.database;

  const numbers: number[] = [];
  for (let pages = 0, hasMore = true; hasMore; pages += 1) {
    const page = await records.messages(ID, numbers.at(-1) ?? 0, 200);
    numbers.push(...page.messages.map(({ messageNo }) => messageNo));
    ({ hasMore } = page);
    expect(page.messages.length).toBeLessThanOrEqual(17);
    expect(pages).toBeLessThan(4);
  }
  expect(numbers).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
});

test.each([
  [1, 0, [1], true],
  [2, 0, [1, 2], true],
  [3, 0, [1, 2, 3], false],
  [200, 1, [2, 3], false],
  [200, 3, [], false],
  [200, 9_007_199_254_740_991, [], false],
])(
  'of three messages a page of %i after %i has %j, and says whether there is more: %s',
  async (limit, after, expected, more) => {
    await writeTexts('a', 'b', 'c');
    const { messages, hasMore } = await clinic.database.records.messages(ID, after, limit);

    expect(messages.map(({ messageNo }) => messageNo)).toEqual(expected);
    expect(hasMore).toBe(more);
  },
);
