import { Type } from 'typebox';
import { appointmentId } from '../../billing/ids.ts';
import type { Receipt, ReceiptBlock } from '../../sessions/reads.ts';
import { callerOf } from '../auth/caller.ts';
import type { Api } from '../api.ts';
import type { Engine } from '../app-options.ts';
import { receipt as exampleReceipt } from '../documentation/ledger-examples.ts';
import { signedIn, TEXT_APPOINTMENTS } from '../documentation/openapi.ts';
import { responses } from '../documentation/responses.ts';
import { success, successSchema } from '../envelope.ts';
import { refused } from '../errors.ts';
import { id, instant, nullable, oneOf, units } from '../schemas.ts';
import { entryReason } from '../answers/ledger.ts';
import { rfc3339, rfc3339OrNull } from '../rfc3339.ts';
import { sessionFields, sessionJson } from '../answers/session.ts';
import { appointmentParams } from './appointment-params.ts';

const blockSchema = Type.Object({
  interval_no: Type.Integer({ minimum: 1 }),
  starts_at: instant,
  ends_at: instant,
  state: oneOf('held', 'charged', 'refunded', 'released'),
  units,
  reason: nullable(entryReason),
  grant_id: nullable(id),
  effective_at: nullable(instant),
  recorded_at: nullable(instant),
});

const blockJson = (block: ReceiptBlock): Type.Static<typeof blockSchema> => ({
  interval_no: block.intervalNo,
  starts_at: rfc3339(block.startsAt),
  ends_at: rfc3339(block.endsAt),
  state: block.state,
  units: block.units,
  reason: block.reason,
  grant_id: block.grantId,
  effective_at: rfc3339OrNull(block.effectiveAt),
  recorded_at: rfc3339OrNull(block.recordedAt),
});

const answer = ({ view, blocks }: Receipt) =>
  success('Why each unit of the session was taken', { ...sessionJson(view), blocks: blocks.map(blockJson) });

const schema = {
  operationId: 'receipt',
  tags: [TEXT_APPOINTMENTS],
  summary: 'Why each unit of the session was taken',
  security: signedIn,
  params: appointmentParams,
  response: responses(
    {
      200: successSchema(
        Type.Object({ ...sessionFields, blocks: Type.Array(blockSchema) }),
        answer(exampleReceipt),
      ),
    },
    'appointment_not_found',
    'not_a_participant',
    'no_active_session',
  ),
};

export function receipt(api: Api, read: Engine['reads']['receipt']): void {
  api.get('/text-appointments/:appointment_id/receipt', { schema }, async (request, reply) => {
    const appointment = appointmentId(Number(request.params.appointment_id));
    const found = await read(appointment, callerOf(request).userId);
    return found.kind === 'refused' ? refused(reply, found) : answer(found);
  });
}
