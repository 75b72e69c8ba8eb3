import { afterEach, expect, test } from 'vitest';
import type { Alarm } from '../../src/sessions/alarms.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { type Clinic, MINUTE, openClinic, started } from './clinic.ts';

let clinic: Clinic;
afterEach(() => clinic.close());

test('the deadlines of all active sessions come page by page, the next one due first, by the clock of the database', async () => {
  clinic = await openClinic();
  const numbers = [1, 2, 3, 4, 5];
  await Promise.all(
    numbers.flatMap((id) => [
      clinic.grant(id, 5, { patient: 100 + id }),
      clinic.book(id, { patient: 100 + id }),
    ]),
  );
  const sessions = [];
  for (const id of numbers) {
    await clinic.at(id);
    sessions.push(await started(clinic, id, 100 + id));
  }
  // The last has just ended; the first is overdue.
  await clinic.at(11.5);
  await clinic.end(5, 105);
  const database = openDatabase({
    url: clinic.url,
    maxConnections: 2,
    applicationName: 'deadlines',
    onConnectionLost: () => {},
  });
  const found: Alarm[] = [];
  let page: readonly Alarm[];
  do {
    page = await database.deadlines.page({ after: found.at(-1) ?? null, limit: 2 });
    found.push(...page);
  } while (page.length === 2);
  await database.close();
  expect(found.map(({ sessionId }) => sessionId)).toEqual(sessions.slice(0, 4));
  const [first] = found;
  expect(found.map(({ at }) => (at - Number(first?.at)) / MINUTE)).toEqual([0, 1, 2, 3]);
});
