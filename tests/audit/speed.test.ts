import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { audit } from '../../src/audit/audit.ts';
import { yieldEvery } from '../../src/async/yield.ts';
import { sharedDatabase } from '../../tools/kit/shared-database.ts';
import { fillBigClinic } from './big-clinic.ts';
import { EVERYTHING } from './clinic-day.ts';

/** AUDIT_PATIENTS: a bigger clinic, to be measured by hand. */
const PATIENTS = Number(process.env['AUDIT_PATIENTS'] ?? 200);
const SESSIONS_EACH = 10;

const server = sharedDatabase();
let database: Database;
beforeAll(async () => {
  await fillBigClinic(server.sql, { patients: PATIENTS, sessionsEach: SESSIONS_EACH, messagesEach: 20 });
  database = openDatabase({ url: server.url, maxConnections: 2, applicationName: 'test' });
});
afterAll(() => database.close());

const auditAll = () =>
  audit({
    request: EVERYTHING,
    size: { accounts: 500, events: 20_000 },
    readPage: database.audit.readPage,
    onDifference: (difference) => expect.fail(JSON.stringify(difference)),
    yieldToEventLoop: yieldEvery(1),
    goOn: () => true,
  });

test('a hundred thousand sessions a minute: the audit of one costs less than 0.6 ms of processor time', async () => {
  await auditAll();
  const before = process.cpuUsage();
  const summary = await auditAll();
  const { user, system } = process.cpuUsage(before);
  const sessions = PATIENTS * SESSIONS_EACH;

  expect(summary).toMatchObject({ accounts: PATIENTS, sessions, events: sessions * 27, differences: 0 });
  expect((user + system) / 1000 / sessions).toBeLessThan(0.6);
});
