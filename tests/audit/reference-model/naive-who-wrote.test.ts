/**
 * The model is only worth something if it is right, so every expectation here was worked out by hand from the
 * rules and the scenarios, not from a run. Rules R5, R8, R9.
 */
import { describe, expect, test } from 'vitest';

import type { Action, Role } from '../../../src/audit/reference-model/naive-types.ts';
import { CLINIC, grant, MINUTE, standing, start, walk, write } from './script.ts';

describe('the naive model: who wrote', () => {
  const minutes = (role: Role, at: number) => write(at * MINUTE, role);
  const nobody: Action[] = [];
  const patient = [minutes('patient', 1)];
  const doctor = [minutes('doctor', 1)];
  const both = [minutes('patient', 1), minutes('doctor', 2)];
  const idle = { ...CLINIC, idleSeconds: 5 * MINUTE };
  const response = { ...CLINIC, doctorResponseSeconds: 3 * MINUTE };

  test.each([
    ['first activity', 'nobody', 'no_activity at 600, 1 used', CLINIC, nobody],
    ['first activity', 'the patient', 'active, 1 used', CLINIC, patient],
    ['first activity', 'the doctor', 'active, 1 used', CLINIC, doctor],
    ['first activity', 'both', 'active, 1 used', CLINIC, both],
    ['idle', 'nobody', 'idle_timeout at 300, 0 used', idle, nobody],
    ['idle', 'the patient', 'idle_timeout at 360, 1 used', idle, patient],
    ['idle', 'the doctor', 'idle_timeout at 360, 1 used', idle, doctor],
    ['idle', 'both', 'idle_timeout at 420, 1 used', idle, both],
    ['doctor response', 'nobody', 'no_activity at 600, 1 used', response, nobody],
    ['doctor response', 'the patient', 'doctor_no_response at 240, 0 used', response, patient],
    ['doctor response', 'the doctor', 'active, 1 used', response, doctor],
    ['doctor response', 'both', 'active, 1 used', response, both],
  ])('under the %s rule, when %s wrote, the model says: %s', (_rule, _who, expected, policy, messages) => {
    expect(standing(walk(10 * MINUTE, grant(1, 5), start(0, policy), ...messages))).toBe(expected);
  });
});
