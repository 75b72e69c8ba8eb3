import { describe, expect, test } from 'vitest';
import { sessionsAsked } from '../../web/src/sessions/session-filter.ts';

describe('the filter of the sessions', () => {
  test('asks the API for what was typed', () => {
    expect(
      sessionsAsked({ state: 'ended', end_reason: 'no_activity', patient_id: '7', cursor: '12' }),
    ).toMatchObject({
      query: {
        status: 'ended',
        end_reason: 'no_activity',
        patient_id: '7',
        from: null,
        to: null,
        cursor: '12',
      },
    });
  });

  test.each(['seven', '0', '-7', '7.5', '7 8'])('says that %j is no number of a patient', (patient_id) => {
    expect(sessionsAsked({ patient_id })).toMatchObject({
      query: null,
      flaws: { patient_id: 'Patient must be a number.' },
    });
  });

  test('says that the end of a period has to come after its beginning', () => {
    expect(sessionsAsked({ from: '2026-11-27', to: '2026-11-26' })).toMatchObject({
      query: null,
      flaws: { to: 'To must be later than From.' },
    });
    expect(sessionsAsked({ from: '2026-11-26', to: '2026-11-27' }).query).not.toBeNull();
  });

  test('takes for any what is no choice', () => {
    expect(sessionsAsked({ state: 'lost', end_reason: 'weather' })).toMatchObject({
      query: { status: null, end_reason: null },
    });
  });
});
