import { Type } from 'typebox';
import type { Balance } from '../../sessions/reads.ts';
import { success, successSchema } from '../envelope.ts';
import { rfc3339 } from '../rfc3339.ts';
import { id, instant, units } from '../schemas.ts';
import { grantJson, grantSchema } from './ledger.ts';

export const balanceSchema = Type.Object({
  patient_id: id,
  remaining_sessions: Type.Integer({ description: 'Of the grants that are valid now' }),
  held_sessions: units,
  available_sessions: units,
  grants: Type.Array(grantSchema),
  server_time: instant,
});

export const balanceAnswer = (found: Balance) =>
  success('The balance as it stands now', {
    patient_id: found.patientId,
    remaining_sessions: found.remainingUnits,
    held_sessions: found.heldUnits,
    available_sessions: found.availableUnits,
    grants: found.grants.map(grantJson),
    server_time: rfc3339(found.accountNow),
  });

export const balanceAnswerSchema = (...examples: Balance[]) =>
  successSchema(balanceSchema, ...examples.map(balanceAnswer));
