import { Type } from 'typebox';
import type { Policy } from '../../billing/policy.ts';
import { sessionId } from '../../billing/ids.ts';
import type { Timeline } from '../../sessions/reads.ts';
import type { SessionEvent } from '../../sessions/store.ts';
import type { Api } from '../api.ts';
import type { Engine } from '../app-options.ts';
import { timeline as example } from '../documentation/ledger-examples.ts';
import { ADMINISTRATION, signedIn } from '../documentation/openapi.ts';
import { responses } from '../documentation/responses.ts';
import { success, successSchema } from '../envelope.ts';
import { refused } from '../errors.ts';
import { idText, instant, nullable, oneOf } from '../schemas.ts';
import { actorFields, actorJson, ledgerEntryJson, ledgerEntrySchema } from '../answers/ledger.ts';
import { logWith } from '../request-log.ts';
import { rfc3339 } from '../rfc3339.ts';
import { sessionFields, sessionJson } from '../answers/session.ts';

const policySchema = Type.Object({
  interval_seconds: Type.Number(),
  first_activity_seconds: Type.Number(),
  no_activity_units: Type.Integer(),
  end_grace_seconds: Type.Number(),
  idle_seconds: nullable(Type.Number()),
  doctor_response_seconds: nullable(Type.Number()),
  max_duration_seconds: nullable(Type.Number()),
});

const policyJson = (policy: Policy): Type.Static<typeof policySchema> => ({
  interval_seconds: policy.intervalMs / 1000,
  first_activity_seconds: policy.firstActivityMs / 1000,
  no_activity_units: policy.noActivityUnits,
  end_grace_seconds: policy.endGraceMs / 1000,
  idle_seconds: secondsOrNull(policy.idleMs),
  doctor_response_seconds: secondsOrNull(policy.doctorResponseMs),
  max_duration_seconds: secondsOrNull(policy.maxDurationMs),
});

const secondsOrNull = (ms: number | null): number | null => (ms === null ? null : ms / 1000);

const eventSchema = Type.Object({
  event_no: Type.Integer({ minimum: 1 }),
  type: oneOf('started', 'activity', 'message', 'deduction', 'ended', 'refund'),
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

const answer = ({ view, events, entries }: Timeline) =>
  success('The session with everything that ever happened to it', {
    ...sessionJson(view),
    policy: policyJson(view.session.policy),
    events: events.map(eventJson),
    ledger: entries.map(ledgerEntryJson),
  });

const schema = {
  operationId: 'timeline',
  tags: [ADMINISTRATION],
  summary: 'One session with everything that ever happened to it',
  security: signedIn,
  params: Type.Object({ session_id: idText }),
  response: responses(
    {
      200: successSchema(
        Type.Object({
          ...sessionFields,
          policy: policySchema,
          events: Type.Array(eventSchema),
          ledger: Type.Array(ledgerEntrySchema),
        }),
        answer(example),
      ),
    },
    'forbidden',
    'session_not_found',
  ),
};

export function timeline(api: Api, read: Engine['reads']['timeline']): void {
  api.get('/sessions/:session_id', { schema }, async (request, reply) => {
    const id = sessionId(Number(request.params.session_id));
    logWith(request, { session_id: id });
    const found = await read(id);
    return found === null ? refused(reply, { kind: 'refused', code: 'session_not_found' }) : answer(found);
  });
}
