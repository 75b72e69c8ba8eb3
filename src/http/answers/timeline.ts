import { Type } from 'typebox';
import { explainSession } from '../../explanations/explain-session.ts';
import type { RecordedAction } from '../../sessions/admin-actions.ts';
import type { SessionEvent } from '../../sessions/store.ts';
import type { Timeline, TimelineEntry } from '../../sessions/timeline.ts';
import { rfc3339 } from '../rfc3339.ts';
import { instant, nullable, oneOf } from '../schemas.ts';
import { actionJson, actionSchema } from './action.ts';
import { actorFields, actorJson, ledgerEntryJson, ledgerEntrySchema } from './ledger.ts';
import { policyJson, policySchema } from './policy.ts';
import { blockJson, blockSchema, explanationSchema } from './receipt.ts';
import { sessionFields, sessionJson } from './session.ts';

const eventSchema = Type.Object({
  event_no: Type.Integer({ minimum: 1 }),
  type: oneOf('started', 'activity', 'message', 'deduction', 'low_balance', 'ended', 'refund'),
  effective_at: instant,
  recorded_at: instant,
  ...actorFields,
  data: Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true }),
});

const eventJson = (event: SessionEvent): Type.Static<typeof eventSchema> => ({
  event_no: event.eventNo,
  type: event.type,
  effective_at: rfc3339(event.effectiveAt),
  recorded_at: rfc3339(event.recordedAt),
  ...actorJson(event.actor),
  data: inSnakeCase(event.data),
});

/** The log keeps a policy under the engine's own names. */
function inSnakeCase(data: object): Record<string, unknown> {
  const named = Object.entries(data).map(([name, value]: [string, unknown]) => [
    name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    typeof value === 'object' && value !== null ? inSnakeCase(value) : value,
  ]);
  return Object.fromEntries(named);
}

const timelineEntrySchema = Type.Object({
  ...ledgerEntrySchema.properties,
  explanation: explanationSchema,
  is_taken_back: Type.Boolean({ description: 'Of a refund: whether it was taken back' }),
});

export const timelineSchema = Type.Object({
  ...sessionFields,
  end_explanation: nullable(explanationSchema),
  policy: policySchema,
  blocks: Type.Array(blockSchema),
  events: Type.Array(eventSchema),
  ledger: Type.Array(timelineEntrySchema),
  actions: Type.Array(actionSchema, {
    description: 'What administrators did to it and to its entries, oldest first',
  }),
});

/** For staff. */
export function timelineJson(
  timeline: Timeline,
  actions: readonly RecordedAction[],
  timeZone = 'UTC',
): Type.Static<typeof timelineSchema> {
  const { view, blocks, events, entries, workersAway } = timeline;
  const explained = explainSession(timeline, { reader: 'staff', timeZone }, workersAway);
  const entryJson = (entry: TimelineEntry): Type.Static<typeof timelineEntrySchema> => ({
    ...ledgerEntryJson(entry),
    explanation: explained.entry(entry),
    is_taken_back: entry.takenBack !== null,
  });
  return {
    ...sessionJson(view),
    end_explanation: explained.end,
    policy: policyJson(view.session.policy),
    blocks: blocks.map((block) => blockJson(block, explained.block(block))),
    events: events.map(eventJson),
    ledger: entries.map(entryJson),
    actions: actions.map(actionJson),
  };
}
