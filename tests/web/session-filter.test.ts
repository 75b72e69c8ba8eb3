import { describe, expect, test } from 'vitest';
import { sessionQuery } from '../../web/src/sessions/session-filter.ts';

describe('the filter of the sessions', () => {
  test('asks the API for what was typed', () => {
    expect(
      sessionQuery({ state: 'ended', end_reason: 'no_activity', patient_id: ' 7 ', cursor: '12' }),
    ).toEqual({
      kind: 'query',
      query: {
        status: 'ended',
        end_reason: 'no_activity',
        patient_id: '7',
        doctor_id: null,
        appointment_id: null,
        from: null,
        to: null,
        cursor: '12',
      },
    });
  });

  test.each(['seven', '0', '-7', '7.5', '7 8'])('says that %j is no number of a patient', (patient_id) => {
    expect(sessionQuery({ patient_id })).toMatchObject({
      kind: 'flaws',
      flaws: { patient_id: 'Patient must be a number.' },
    });
  });

  test('says that the end of a period has to come after its beginning', () => {
    expect(sessionQuery({ from: '2026-11-27', to: '2026-11-26' })).toMatchObject({
      kind: 'flaws',
      flaws: { to: 'To must be later than From.' },
    });
    expect(sessionQuery({ from: '2026-11-26', to: '2026-11-27' }).kind).toBe('query');
  });

  test('takes for any what is no choice', () => {
    expect(sessionQuery({ state: 'lost', end_reason: 'weather' })).toMatchObject({
      query: { status: null, end_reason: null },
    });
  });
});
