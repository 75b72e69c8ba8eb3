import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { AuditRequest } from '../../audit/audit.ts';
import type { AuditRun } from '../../audit/nightly.ts';
import { ON_DEMAND_LIMITS } from '../../audit/on-demand.ts';
import { userId } from '../../billing/ids.ts';
import { auditJson, auditRunJson, auditRunSchema, auditSchema } from '../answers/audit.ts';
import type { ApiEngine } from '../app-options.ts';
import { callerOf } from '../auth/caller.ts';
import {
  acknowledgedRun,
  acknowledgement,
  audited,
  auditRuns as exampleRuns,
} from '../documentation/audit-examples.ts';
import { ADMINISTRATION, responses, SIGNED_IN } from '../documentation/openapi.ts';
import { success, successSchema } from '../envelope.ts';
import { fail } from '../errors.ts';
import { flawsOfPeriod } from '../period.ts';
import { queryTexts, recordAction } from '../record-action.ts';
import { instantOrNull } from '../rfc3339.ts';
import { dateText, idOrNull, idText, instantText, limitText, note } from '../schemas.ts';

const DAY_MS = 86_400_000;

const auditAnswer = (outcome: Parameters<typeof auditJson>[0]) =>
  success(
    outcome.summary.differences === 0 ? 'No difference was found' : 'Differences were found',
    auditJson(outcome),
  );

const auditQuery = Type.Object(
  {
    from: Type.Optional(instantText),
    to: Type.Optional(instantText),
    patient_id: Type.Optional(idText),
  },
  { additionalProperties: false },
);

const auditRouteSchema = {
  operationId: 'audit',
  tags: [ADMINISTRATION],
  summary: 'Recomputes ended sessions and balances from the audit log, and lists every difference',
  description:
    'Of the sessions that ended from `from` on, before `to`; where neither is given of the last 24 hours, or with ' +
    `\`patient_id\` of all of that patient's. Changes nothing. At most ${ON_DEMAND_LIMITS.sessions} sessions and ` +
    `${ON_DEMAND_LIMITS.timeMs / 1000} seconds, and at most ${ON_DEMAND_LIMITS.differences} differences are shown; ` +
    '`npm run audit` has none of these limits.',
  security: SIGNED_IN,
  querystring: auditQuery,
  response: responses(
    { 200: successSchema(auditSchema, auditAnswer(audited)) },
    'forbidden',
    'audit_too_large',
  ),
};

const runsAnswer = (runs: readonly AuditRun[]) =>
  success('The audits of the last nights', { runs: runs.map(auditRunJson) });

const runsSchema = {
  operationId: 'auditRuns',
  tags: [ADMINISTRATION],
  summary: 'What the audits of the last nights found, the youngest first',
  description:
    'A night covers the sessions whose end was written down from `since` on, before `until`. Of its differences the ' +
    'first 100 are kept. `finished_at` is null while it goes on, and where no worker finished it.',
  security: SIGNED_IN,
  querystring: Type.Object({ limit: limitText(200, 30) }, { additionalProperties: false }),
  response: responses(
    { 200: successSchema(Type.Object({ runs: Type.Array(auditRunSchema) }), runsAnswer(exampleRuns)) },
    'forbidden',
  ),
};

const acknowledgedAnswer = (run: AuditRun) => success('The night is acknowledged', auditRunJson(run));

const acknowledgeSchema = {
  operationId: 'acknowledgeAudit',
  tags: [ADMINISTRATION],
  summary: 'Acknowledges what the audit of a night found, so that it is no longer a problem',
  description:
    'Corrects nothing. The first acknowledgement is kept with the night and among the actions; a repeat answers the ' +
    'same and changes nothing. The note is kept for ever: write no data of a patient into it.',
  security: SIGNED_IN,
  params: Type.Object({ night: dateText }),
  body: Type.Object({ note }, { additionalProperties: false, examples: [{ note: acknowledgement.note }] }),
  response: responses(
    { 200: successSchema(auditRunSchema, acknowledgedAnswer(acknowledgedRun)) },
    'forbidden',
    'audit_run_not_found',
  ),
};

/** The ledger checked against the audit log: now, for one period, and what the nightly audits found. */
export const auditRoutes: FastifyPluginAsyncTypebox<{
  readonly auditor: ApiEngine['auditor'];
  readonly actions: ApiEngine['actions'];
}> = async (app, { auditor, actions }) => {
  app.get('/audit', { schema: auditRouteSchema }, async (request, reply) => {
    const asked = requestOf(request.query);
    const errors = flawsOfPeriod(asked);
    if (errors.length > 0) return fail(reply, 'validation_failed', { errors });
    await recordAction(actions, request, {
      action: 'audit.run',
      targetKind: 'audit',
      patientId: asked.patientId === null ? null : userId(asked.patientId),
      after: queryTexts(request),
    });
    const outcome = await auditor.audit(asked);
    switch (outcome.kind) {
      case 'audited':
        return auditAnswer(outcome);
      case 'too_large':
        return fail(reply, 'audit_too_large');
      case 'busy':
        return fail(reply, 'unavailable', { retryAfterSeconds: ON_DEMAND_LIMITS.timeMs / 1000 });
    }
  });

  app.get('/audit/runs', { schema: runsSchema }, async ({ query: { limit } }) =>
    runsAnswer(await auditor.runs(Number(limit))),
  );

  app.post('/audit/runs/:night/acknowledge', { schema: acknowledgeSchema }, async (request, reply) => {
    const { userId: by } = callerOf(request);
    const { night } = request.params;
    const run = await auditor.acknowledge({ night, by, note: request.body.note, requestId: request.id });
    return run === null ? fail(reply, 'audit_run_not_found') : acknowledgedAnswer(run);
  });
};

function requestOf(given: Type.Static<typeof auditQuery>): AuditRequest {
  const isOpen = given.from === undefined && given.to === undefined && given.patient_id === undefined;
  return {
    from: isOpen ? Date.now() - DAY_MS : instantOrNull(given.from),
    to: instantOrNull(given.to),
    by: 'ended',
    patientId: idOrNull(userId, given.patient_id),
  };
}
