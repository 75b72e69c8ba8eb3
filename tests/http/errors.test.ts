import { describe, expect, test } from 'vitest';
import type { RefusalCode } from '../../src/billing/refusal.ts';
import { engineDouble } from './engine-double.ts';
import { sharedApp } from './open-app.ts';
import { asPatient } from './tokens.ts';

/** The contract, written down a second time. */
const statuses: Record<RefusalCode, number> = {
  appointment_not_found: 404,
  not_a_participant: 403,
  not_a_text_appointment: 400,
  session_ended: 409,
  appointment_not_confirmed: 400,
  appointment_time_not_reached: 400,
  appointment_window_passed: 400,
  no_active_subscription: 400,
  insufficient_sessions: 402,
  no_active_session: 404,
  message_id_reused: 409,
  appointment_in_use: 409,
  session_not_found: 404,
  subscription_not_found: 404,
  subscription_in_use: 409,
  subscription_total_too_low: 409,
  subscription_units_out_of_bounds: 409,
  subscription_validity_empty: 422,
  subscription_version_stale: 409,
  entry_not_found: 404,
  not_a_charge: 409,
  already_refunded: 409,
  not_a_refund: 409,
  already_taken_back: 409,
  idempotency_key_reused: 409,
};

const isCode = (code: string): code is RefusalCode => code in statuses;
const codes = Object.keys(statuses).filter(isCode);

/** The appointment with the number of a code is refused with that code. */
const shared = sharedApp({
  engine: engineDouble({
    start: ({ appointmentId }) => ({
      kind: 'refused',
      code: codes[appointmentId - 1] ?? 'appointment_not_found',
    }),
  }),
});

describe('What the rules refuse', () => {
  test.each(codes)('is answered in HTTP by its status: %s', async (code) => {
    const { app } = shared();
    const answer = await app.inject({
      method: 'POST',
      url: '/api/text-appointments/start-session',
      headers: asPatient(),
      payload: { appointment_id: codes.indexOf(code) + 1 },
    });
    expect(answer.statusCode).toBe(statuses[code]);
    expect(answer.json()).toStrictEqual({
      success: false,
      code,
      message: expect.any(String),
      errors: [],
      data: {},
    });
  });
});
