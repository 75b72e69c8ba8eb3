/** Receipt and timeline on a real database, through the real routes: the same sentences, each made once. */
import type { FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import type { Policy } from '../../src/billing/policy.ts';
import { hs256 } from '../../tools/kit/tokens.ts';
import { bearer, claims } from '../http/tokens.ts';
import { ADMIN, type Clinic, DOCTOR, PATIENT } from './clinic.ts';
import { openExplained } from './explained-clinic.ts';

let clinic: Clinic;
afterEach(() => clinic.close());

async function open(policy: Partial<Policy> = {}) {
  const opened = await openExplained(policy);
  ({ clinic } = opened);
  return opened;
}

/** Two completed blocks, ended by the doctor in the third. */
async function threeUnits(policy: Partial<Policy> = {}) {
  const opened = await open(policy);
  for (const [minute, user] of [
    [1, PATIENT],
    [2, DOCTOR],
  ] as const) {
    await clinic.at(minute);
    await clinic.write(1, user);
  }
  for (const minute of [10, 20]) {
    await clinic.at(minute);
    await clinic.settle(opened.session);
  }
  await clinic.at(24 + 10 / 60);
  await clinic.end(1, DOCTOR);
  return opened;
}

async function giveBack(block: number): Promise<void> {
  const { rows } = await clinic.sql.query<{ id: number }>(
    `SELECT id::float8 AS id FROM ledger_entries WHERE kind = 'charge' AND interval_no = $1`,
    [block],
  );
  await clinic.refund(rows[0]?.id ?? 0);
}

/** The only refund, at the clinic's time. */
async function takeBack(): Promise<void> {
  await clinic.sql.query(
    `INSERT INTO ledger_entries (patient_id, grant_id, kind, reason, units, balance_after, effective_at, recorded_at,
       actor_role, actor_id, note, takes_back)
     SELECT patient_id, grant_id, 'adjustment', 'correction', -1, balance_after - 1, session_clock(), session_clock(),
       'admin', actor_id, 'by mistake', id
     FROM ledger_entries WHERE kind = 'refund'`,
  );
}

describe('the receipt and the timeline', () => {
  test('say the same of each block and of the end, word for word', async () => {
    const { receipt, timeline } = await threeUnits();
    const [read, seen] = [await receipt(), await timeline()];

    expect(read.blocks.map(({ explanation }) => explanation)).toEqual([
      {
        rule: 'R3',
        sentence:
          'Block 1, 09:00:00 to 09:10:00, was complete, so the unit held for it was taken from grant 11.',
      },
      {
        rule: 'R3',
        sentence:
          'Block 2, 09:10:00 to 09:20:00, was complete, so the unit held for it was taken from grant 11.',
      },
      {
        rule: 'R6',
        sentence:
          'The doctor ended the session at 09:24:10, 4 min 10 s into block 3, so that block was charged.',
      },
    ]);
    expect(read.end_explanation).toEqual(read.blocks[2]?.explanation);
    expect(seen.end_explanation).toEqual(read.end_explanation);
    expect(seen.blocks).toEqual(read.blocks);
    expect(seen.ledger.map(({ explanation }) => explanation)).toEqual(
      read.blocks.map(({ explanation }) => explanation),
    );
  });

  test('tell the times in the zone that is asked for', async () => {
    const { receipt, timeline } = await threeUnits();
    const query = '?time_zone=Asia/Kolkata';
    const [read, seen] = [await receipt(query), await timeline(query)];

    expect(read.blocks[1]?.explanation.sentence).toContain('Block 2, 14:40:00 to 14:50:00, was complete');
    expect(seen.blocks).toEqual(read.blocks);
  });

  test('differ in who the administrator was and in the note, and in nothing else', async () => {
    const { receipt, timeline } = await threeUnits();
    await clinic.at(62);
    await giveBack(2);
    const [read, seen] = [await receipt(), await timeline()];

    expect(read.blocks[1]?.refund_explanation).toEqual({
      rule: 'R15',
      sentence: 'An administrator gave the unit of block 2 back at 10:02:00.',
    });
    const refund = {
      rule: 'R15',
      sentence: 'User 1 gave the unit of block 2 back at 10:02:00: "as agreed".',
    };
    expect(seen.blocks[1]?.refund_explanation).toEqual(refund);
    expect(seen.ledger.at(-1)).toMatchObject({ kind: 'refund', explanation: refund, is_taken_back: false });
    expect({ ...read.blocks[1], refund_explanation: null }).toEqual({
      ...seen.blocks[1],
      refund_explanation: null,
    });
    expect([read.blocks[0], read.blocks[2]]).toEqual([seen.blocks[0], seen.blocks[2]]);
  });

  test('tell of a refund that it was taken back, and the timeline shows the entry that did it', async () => {
    const { receipt, timeline } = await threeUnits();
    await clinic.at(62);
    await giveBack(2);
    await clinic.at(70);
    await takeBack();
    const [read, seen] = [await receipt(), await timeline()];

    expect(read.blocks[1]?.refund_explanation?.sentence).toBe(
      'An administrator gave the unit of block 2 back at 10:02:00. An administrator took it back at 10:10:00.',
    );
    expect(seen.blocks[1]?.refund_explanation?.sentence).toBe(
      'User 1 gave the unit of block 2 back at 10:02:00: "as agreed". User 1 took it back at 10:10:00: "by mistake".',
    );
    expect(seen.ledger.map(({ kind, is_taken_back: isTakenBack }) => [kind, isTakenBack])).toEqual([
      ['charge', false],
      ['charge', false],
      ['charge', false],
      ['refund', true],
      ['adjustment', false],
    ]);
    expect(seen.ledger.at(-1)?.explanation.sentence).toMatch(
      /^User 1 took back the unit that entry \d+ had given to grant 11 at 10:10:00: "by mistake"\.$/,
    );
  });

  test('tell an end by an administrator that cost nothing, from the log alone', async () => {
    const { session, receipt, timeline } = await open();
    await clinic.at(4);
    await clinic.endByAdmin(session, false);

    expect((await receipt()).end_explanation?.sentence).toBe(
      'An administrator ended the session at 09:04:00 and chose not to charge the block in progress.',
    );
    expect((await timeline()).end_explanation?.sentence).toBe(
      'User 1 ended the session at 09:04:00 and chose not to charge the block in progress: "the patient called".',
    );
    expect((await timeline()).blocks[0]?.explanation.sentence).toBe(
      'Block 1 was in progress at the end and cost nothing: user 1 chose so.',
    );
  });

  test('show the block that an administrator charged at the instant at which it began', async () => {
    const { session, receipt } = await open();
    await clinic.at(1);
    await clinic.write(1, PATIENT);
    await clinic.at(10);
    await clinic.endByAdmin(session, true);
    const { blocks, end_explanation: end } = await receipt();

    expect(blocks.map(({ state, reason }) => [state, reason])).toEqual([
      ['charged', 'interval'],
      ['charged', 'admin_end'],
    ]);
    expect(end).toEqual(blocks[1]?.explanation);
  });

  test('tell what is due and not written yet, in the same words', async () => {
    const { receipt, timeline } = await open();
    await clinic.at(1);
    await clinic.write(1, PATIENT);
    await clinic.at(12);
    const [read, seen] = [await receipt(), await timeline()];

    expect(read.blocks.map(({ explanation }) => explanation.sentence)).toEqual([
      'Block 1, 09:00:00 to 09:10:00, was complete, so the unit held for it was taken from grant 11. ' +
        'It is due and not written yet; the amount is the same.',
      'Block 2, 09:10:00 to 09:20:00, is in progress: a unit of grant 11 is held for it.',
    ]);
    expect(seen.blocks).toEqual(read.blocks);
    expect(seen.ledger).toEqual([]);
    expect(seen.end_explanation).toBeNull();
  });
});

describe('a time zone', () => {
  const refusedAt = async (app: FastifyInstance, url: string) => {
    const answer = await app.inject({ url, headers: bearer(hs256(claims({ sub: ADMIN, role: 'admin' }))) });
    return [answer.statusCode, answer.json<{ errors: { field: string }[] }>().errors[0]?.field];
  };

  test.each(['Europe/Atlantis', '+02:00', ''])('that is %j is refused', async (zone) => {
    const { app, session } = await open();
    const query = `?time_zone=${encodeURIComponent(zone)}`;

    expect(await refusedAt(app, `/api/admin/sessions/${session}${query}`)).toEqual([422, 'time_zone']);
    expect(await refusedAt(app, `/api/text-appointments/1/receipt${query}`)).toEqual([422, 'time_zone']);
  });
});
