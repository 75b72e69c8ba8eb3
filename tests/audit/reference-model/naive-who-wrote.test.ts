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
    ['first activity', 'nobody', CLINIC, nobody, 'no_activity at 600, 1 used'],
    ['first activity', 'the patient', CLINIC, patient, 'active, 1 used'],
    ['first activity', 'the doctor', CLINIC, doctor, 'active, 1 used'],
    ['first activity', 'both', CLINIC, both, 'active, 1 used'],
    ['idle', 'nobody', idle, nobody, 'idle_timeout at 300, 0 used'],
    ['idle', 'the patient', idle, patient, 'idle_timeout at 360, 1 used'],
    ['idle', 'the doctor', idle, doctor, 'idle_timeout at 360, 1 used'],
    ['idle', 'both', idle, both, 'idle_timeout at 420, 1 used'],
    ['doctor response', 'nobody', response, nobody, 'no_activity at 600, 1 used'],
    ['doctor response', 'the patient', response, patient, 'doctor_no_response at 240, 0 used'],
    ['doctor response', 'the doctor', response, doctor, 'active, 1 used'],
    ['doctor response', 'both', response, both, 'active, 1 used'],
  ])('under the %s rule, when %s wrote, the model says so', (_rule, _who, policy, messages, expected) => {
    expect(standing(walk(10 * MINUTE, grant(1, 5), start(0, policy), ...messages))).toBe(expected);
  });
});
