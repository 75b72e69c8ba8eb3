import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appointmentId, sessionId, userId } from '../../src/billing/ids.ts';
import { type Clinic, DOCTOR, openClinic, PATIENT, said } from '../engine/clinic.ts';

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

test.each([
  ['forwards', 'after', (known: readonly number[]) => known.at(-1) ?? 0],
  ['backwards', 'before', (known: readonly number[]) => known[0] ?? Number.MAX_SAFE_INTEGER],
] as const)(
  '%s a page of the longest messages ends at 64 KiB, says that there is more, and none is left out',
  async (_direction, side, next) => {
    // Four bytes each: 16 kB a message.
    const longest = '😀'.repeat(4000);
    await writeTexts(...Array.from({ length: 40 }, () => longest));
    const { records } = clinic.database;

    let numbers: number[] = [];
    for (let pages = 0, hasMore = true; hasMore; pages += 1) {
      const page = await records.messages(ID, { side, messageNo: next(numbers), limit: 200 });
      const found = page.messages.map(({ messageNo }) => messageNo);
      numbers = side === 'after' ? [...numbers, ...found] : [...found, ...numbers];
      ({ hasMore } = page);
      expect(page.messages.length).toBeLessThanOrEqual(5);
      expect(pages).toBeLessThan(10);
    }
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  },
);

test.each([
  [1, 'after', 0, [1], true],
  [2, 'after', 0, [1, 2], true],
  [3, 'after', 0, [1, 2, 3], false],
  [200, 'after', 1, [2, 3], false],
  [200, 'after', 3, [], false],
  [200, 'after', Number.MAX_SAFE_INTEGER, [], false],
  [2, 'before', Number.MAX_SAFE_INTEGER, [2, 3], true],
  [3, 'before', Number.MAX_SAFE_INTEGER, [1, 2, 3], false],
  [1, 'before', 3, [2], true],
  [2, 'before', 3, [1, 2], false],
  [200, 'before', 1, [], false],
] as const)(
  'of three messages a page of %i %s %i has %j, and says whether there is more: %s',
  async (limit, side, messageNo, expected, more) => {
    await writeTexts('a', 'b', 'c');
    const { messages, hasMore } = await clinic.database.records.messages(ID, { side, messageNo, limit });

    expect(messages.map((message) => message.messageNo)).toEqual(expected);
    expect(hasMore).toBe(more);
  },
);

const asked = (caller: number, appointment = 501) =>
  clinic.reads.messages({
    appointmentId: appointmentId(appointment),
    caller: userId(caller),
    range: { side: 'before', messageNo: Number.MAX_SAFE_INTEGER, limit: 50 },
  });

test('before the start the list of messages is empty, for participants and nobody else', async () => {
  await clinic.book(501);

  expect(await asked(PATIENT)).toEqual({ kind: 'messages', messages: [], hasMore: false });
  expect(await asked(DOCTOR)).toEqual({ kind: 'messages', messages: [], hasMore: false });
  expect(said(await asked(999))).toBe('not_a_participant');
  expect(said(await asked(PATIENT, 502))).toBe('appointment_not_found');
});

test('after the end the messages are still there', async () => {
  await writeTexts('a', 'b');
  await clinic.end(501, DOCTOR);

  expect(await asked(DOCTOR)).toMatchObject({ messages: [{ text: 'a' }, { text: 'b' }], hasMore: false });
});
