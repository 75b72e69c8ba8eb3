import { Type } from 'typebox';
import { userId } from '../../billing/ids.ts';
import type { Balance } from '../../sessions/reads.ts';
import type { Api } from '../api.ts';
import type { Engine } from '../app-options.ts';
import { balance as example } from '../documentation/ledger-examples.ts';
import { ADMINISTRATION, signedIn } from '../documentation/openapi.ts';
import { responses } from '../documentation/responses.ts';
import { success, successSchema } from '../envelope.ts';
import { fail } from '../errors.ts';
import { id, instant, units } from '../schemas.ts';
import { grantJson, grantSchema } from '../grant-answer.ts';
import { rfc3339 } from '../rfc3339.ts';
import { idParams } from './id-params.ts';

const balanceSchema = Type.Object({
  patient_id: id,
  remaining_sessions: Type.Integer({ description: 'Of the grants that are valid now' }),
  held_sessions: units,
  available_sessions: units,
  grants: Type.Array(grantSchema),
  server_time: instant,
});

const answer = (found: Balance) =>
  success('The balance as it stands now', {
    patient_id: found.patientId,
    remaining_sessions: found.remainingUnits,
    held_sessions: found.heldUnits,
    available_sessions: found.availableUnits,
    grants: found.grants.map(grantJson),
    server_time: rfc3339(found.now),
  });

const schema = {
  operationId: 'balance',
  tags: [ADMINISTRATION],
  summary: "A patient's grants and what is left of them now",
  security: signedIn,
  params: idParams,
  response: responses(
    { 200: successSchema(balanceSchema, answer(example)) },
    'forbidden',
    'patient_not_found',
  ),
};

export function balance(api: Api, read: Engine['reads']['balance']): void {
  api.get('/patients/:id/balance', { schema }, async (request, reply) => {
    const found = await read(userId(Number(request.params.id)));
    return found === null ? fail(reply, 'patient_not_found') : answer(found);
  });
}
