import { Type } from 'typebox';
import { type ExplainedBlock, explainSession } from '../../explanations/explain-session.ts';
import type { Receipt, ReceiptBlock } from '../../sessions/receipt.ts';
import { rfc3339, rfc3339OrNull } from '../rfc3339.ts';
import { id, instant, nullable, oneOf, units } from '../schemas.ts';
import { entryReason } from './ledger.ts';
import { sessionFields, sessionJson } from './session.ts';

export const explanationSchema = Type.Object({
  rule: Type.String({ description: 'Of docs/rules.md, such as R3' }),
  sentence: Type.String({
    description: 'One for people, sometimes two: the second says that it was written late',
  }),
});

/** Of a request: the time zone of the times in the sentences. */
export const timeZoneQuery = Type.Object({
  time_zone: Type.Optional(
    Type.String({
      format: 'time-zone',
      default: 'UTC',
      description: 'an IANA time zone, such as Europe/Berlin, for the times in the sentences',
    }),
  ),
});

export const blockSchema = Type.Object({
  interval_no: Type.Integer({ minimum: 1 }),
  starts_at: instant,
  ends_at: instant,
  state: oneOf('held', 'charged', 'refunded', 'released'),
  units,
  reason: nullable(entryReason),
  grant_id: nullable(id),
  effective_at: nullable(instant),
  recorded_at: nullable(instant),
  explanation: explanationSchema,
  refund_explanation: nullable(explanationSchema),
});

export function blockJson(
  block: ReceiptBlock,
  { explanation, refundExplanation }: ExplainedBlock,
): Type.Static<typeof blockSchema> {
  return {
    interval_no: block.intervalNo,
    starts_at: rfc3339(block.startsAt),
    ends_at: rfc3339(block.endsAt),
    state: block.state,
    units: block.units,
    reason: block.charge?.reason ?? null,
    grant_id: block.grantId,
    effective_at: rfc3339OrNull(block.charge?.effectiveAt ?? null),
    recorded_at: rfc3339OrNull(block.charge?.recordedAt ?? null),
    explanation,
    refund_explanation: refundExplanation,
  };
}

export const receiptSchema = Type.Object({
  ...sessionFields,
  end_explanation: nullable(explanationSchema),
  blocks: Type.Array(blockSchema),
});

/** For a participant. */
export function receiptJson(receipt: Receipt, timeZone = 'UTC'): Type.Static<typeof receiptSchema> {
  const explained = explainSession(receipt, { reader: 'participant', timeZone });
  return {
    ...sessionJson(receipt.view),
    end_explanation: explained.end,
    blocks: receipt.blocks.map((block) => blockJson(block, explained.block(block))),
  };
}
