import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient, Prisma } from '../../src/storage/client.ts';
import { sqlStateOf } from '../../src/storage/errors.ts';
import { readOnly } from '../../src/storage/audit.ts';
import { type Clinic, openClinic } from '../engine/clinic.ts';

let clinic: Clinic;
let client: ReturnType<typeof createClient>;
beforeAll(async () => {
  clinic = await openClinic();
  await clinic.grant(1, 5);
  client = createClient({ url: clinic.url, maxConnections: 2, applicationName: 'test' });
});
afterAll(async () => {
  await client.$disconnect();
  await clinic.close();
});

describe('the transactions in which the auditor reads', () => {
  test.each([
    'UPDATE grants SET remaining = 4',
    `INSERT INTO accounts (patient_id) VALUES (77)`,
    'SELECT FROM grants FOR UPDATE',
    `SELECT nextval('text_appointment_sessions_id_seq')`,
  ])('cannot write, PostgreSQL itself refuses: %s', async (statement) => {
    const refused = readOnly(client, (connection) => connection.$queryRaw(Prisma.raw(statement)));

    expect(sqlStateOf(await refused.catch((error: unknown) => error))).toBe('25006');
    expect(await clinic.units(1)).toEqual({ remaining: 5, held: 0 });
  });

  test('see one picture, whatever is written meanwhile', async () => {
    const read = () =>
      readOnly(client, async (connection) => {
        const first = await connection.$queryRaw`SELECT units_total FROM grants WHERE id = 1`;
        await clinic.adjust(1, 1);
        return [first, await connection.$queryRaw`SELECT units_total FROM grants WHERE id = 1`];
      });

    expect(await read()).toEqual([[{ units_total: 5 }], [{ units_total: 5 }]]);
    expect(await clinic.units(1)).toEqual({ remaining: 6, held: 0 });
  });
});
