import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Clinic, DOCTOR, openClinic, PATIENT } from '../engine/clinic.ts';
import { openClinicApp } from '../engine/clinic-app.ts';
import { tokenFor } from '../../tools/kit/tokens.ts';

/**
 * An app written for the seed, unchanged: it counts minutes itself, believes that it deducts, and calls
 * process-deduction and end-session for the same event, from both phones at once.
 */

let clinic: Clinic;
let app: FastifyInstance;
let refusedDeductions = 0;

beforeEach(async () => {
  clinic = await openClinic();
  refusedDeductions = 0;
  app = await openClinicApp(clinic, {
    metrics: {
      refusedClientDeduction: () => {
        refusedDeductions += 1;
      },
    },
  });
  await clinic.grant(1, 5);
  await clinic.book(1);
});
afterEach(async () => {
  await app.close();
  await clinic.close();
});

interface Answer {
  readonly status: number;
  readonly success: boolean;
  readonly code?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

function phone(user: number, userType: 'patient' | 'doctor') {
  const post = async (path: string, body: object): Promise<Answer> => {
    const response = await app.inject({
      method: 'POST',
      url: `/api/text-appointments/${path}`,
      headers: { authorization: `Bearer ${tokenFor(user)}` },
      payload: body,
    });
    return { status: response.statusCode, ...response.json<Omit<Answer, 'status'>>() };
  };
  return {
    start: () => post('start-session', { appointment_id: 1 }),
    tellActivity: () => post('update-activity', { appointment_id: 1, user_type: userType }),
    deduct: (units: number, reason: string) =>
      post('process-deduction', { appointment_id: 1, sessions_to_deduct: units, reason }),
    end: (units: number) => post('end-session', { appointment_id: 1, sessions_to_deduct: units }),
    status: async (): Promise<Answer> => {
      const response = await app.inject({
        url: '/api/text-appointments/1/session-status',
        headers: { authorization: `Bearer ${tokenFor(user)}` },
      });
      return { status: response.statusCode, ...response.json<Omit<Answer, 'status'>>() };
    },
  };
}

const patient = phone(PATIENT, 'patient');
const doctor = phone(DOCTOR, 'doctor');

describe('an app written for the seed', () => {
  test('is billed by the rules, though both phones call process-deduction and end-session for the same event', async () => {
    const starts = await Promise.all([patient.start(), doctor.start()]);
    expect(starts.map(({ status }) => status)).toEqual([200, 200]);
    await clinic.at(2);
    expect((await patient.tellActivity()).status).toBe(200);
    expect((await doctor.tellActivity()).status).toBe(200);
    await clinic.at(10);
    const deductions = await Promise.all([patient.deduct(1, 'interval'), doctor.deduct(1, 'interval')]);
    for (const { status, data } of deductions) {
      expect(status).toBe(200);
      expect(data).toMatchObject({
        sessions_deducted: 0,
        reason: 'interval',
        remaining_sessions: 4,
        total_sessions_used: 1,
      });
    }
    await clinic.at(12);
    await Promise.all([patient.deduct(1, 'manual_end'), doctor.deduct(1, 'manual_end')]);
    const ends = await Promise.all([patient.end(1), doctor.end(7)]);
    for (const { status, data } of ends) {
      expect(status).toBe(200);
      expect(data).toMatchObject({
        is_ended: true,
        sessions_deducted: 1,
        total_sessions_used: 2,
        remaining_sessions: 3,
      });
    }
    expect(refusedDeductions).toBe(4);
    expect((await clinic.ledger()).map(({ reason, no, units }) => [reason, no, units])).toEqual([
      ['interval', 1, -1],
      ['manual_end', 2, -1],
    ]);
  });

  test('that kills a session at minute 10 because it forgot who wrote changes nothing by it', async () => {
    await patient.start();
    await clinic.at(3);
    await doctor.tellActivity();
    await clinic.at(10);
    await patient.deduct(1, 'no_activity');
    expect((await patient.status()).data).toMatchObject({ is_active: true, sessions_used: 1 });
  });

  test('whose phones are off is billed and ended all the same', async () => {
    await patient.start();
    await clinic.at(5);
    await patient.tellActivity();
    await clinic.at(300);
    expect((await doctor.status()).data).toMatchObject({
      is_active: false,
      is_ended: true,
      sessions_used: 5,
      end_reason: 'balance_exhausted',
      remaining_sessions: 0,
    });
    expect(await clinic.ledger(), 'a status writes nothing').toEqual([]);
  });

  test('that starts again after the end gets the ended session, and no new one', async () => {
    await patient.start();
    await clinic.at(5);
    await patient.end(0);
    const again = await doctor.start();
    expect(again).toMatchObject({ status: 409, code: 'session_ended', data: { is_ended: true } });
  });

  test('may claim any role: the one that counts is looked up', async () => {
    await patient.start();
    const liar = phone(PATIENT, 'doctor');
    await liar.tellActivity();
    expect((await patient.status()).data).toMatchObject({
      has_patient_activity: true,
      has_doctor_activity: false,
    });
  });

  test('that invents a million units, negative units or none takes nothing', async () => {
    await patient.start();
    await clinic.at(4);
    await patient.tellActivity();
    expect((await patient.deduct(1_000_000, 'interval')).data).toMatchObject({ sessions_deducted: 0 });
    expect((await patient.deduct(-5, 'interval')).status).toBe(422);
    expect((await patient.deduct(1, 'because')).status).toBe(422);
    expect((await patient.end(1_000_000)).data).toMatchObject({
      sessions_deducted: 1,
      total_sessions_used: 1,
    });
  });
});
