import { Type } from 'typebox';
import type { AuditRequest } from '../../audit/audit.ts';
import { type BriefAudit, BRIEF_LIMITS } from '../../audit/brief-audit.ts';
import { userId } from '../../billing/ids.ts';
import type { Api } from '../api.ts';
import type { Auditor } from '../app-options.ts';
import { audited } from '../documentation/audit-examples.ts';
import { ADMINISTRATION, signedIn } from '../documentation/openapi.ts';
import { responses } from '../documentation/responses.ts';
import { auditCounts, countsJson, driftJson, driftSchema } from '../drift-answer.ts';
import { success, successSchema } from '../envelope.ts';
import { fail } from '../errors.ts';
import { idText, instantText } from '../schemas.ts';
import { instantOrNull } from '../rfc3339.ts';
import { idOrNull } from '../admin/optional-id.ts';

const DAY_MS = 86_400_000;

const auditSchema = Type.Object({
  ...auditCounts,
  drift: Type.Array(driftSchema),
  has_more: Type.Boolean({ description: 'There are more differences than are shown here' }),
});

const answer = ({ summary, drift }: Extract<BriefAudit, { kind: 'audited' }>) =>
  success(summary.differences === 0 ? 'No difference was found' : 'Differences were found', {
    ...countsJson(summary),
    drift: drift.map(driftJson),
    has_more: summary.differences > drift.length,
  });

const query = Type.Object(
  {
    from: Type.Optional(instantText),
    to: Type.Optional(instantText),
    patient_id: Type.Optional(idText),
  },
  { additionalProperties: false },
);

const schema = {
  operationId: 'audit',
  tags: [ADMINISTRATION],
  summary: 'Recomputes ended sessions and balances from the audit log, and tells every difference',
  description:
    'Of the sessions that ended from `from` on, before `to`; where neither is given of the last 24 hours, or with ' +
    `\`patient_id\` of all of that patient's. Changes nothing. At most ${BRIEF_LIMITS.sessions} sessions and ` +
    `${BRIEF_LIMITS.timeMs / 1000} seconds, and at most ${BRIEF_LIMITS.drift} differences are shown; ` +
    '`npm run audit` has none of these limits.',
  security: signedIn,
  querystring: query,
  response: responses({ 200: successSchema(auditSchema, answer(audited)) }, 'forbidden', 'audit_too_large'),
};

export function audit(api: Api, run: Auditor['audit']): void {
  api.get('/audit', { schema }, async (request, reply) => {
    const asked = requestOf(request.query);
    if (asked.from !== null && asked.to !== null && asked.to <= asked.from) {
      const errors = [{ field: 'to', message: 'must be later than from' }];
      return fail(reply, 'validation_failed', { errors });
    }
    const outcome = await run(asked);
    switch (outcome.kind) {
      case 'audited':
        return answer(outcome);
      case 'too_large':
        return fail(reply, 'audit_too_large');
      case 'busy':
        return fail(reply, 'unavailable', { retryAfterSeconds: BRIEF_LIMITS.timeMs / 1000 });
    }
  });
}

function requestOf(given: Type.Static<typeof query>): AuditRequest {
  const isOpen = given.from === undefined && given.to === undefined && given.patient_id === undefined;
  return {
    from: isOpen ? Date.now() - DAY_MS : instantOrNull(given.from),
    to: instantOrNull(given.to),
    by: 'ended',
    patientId: idOrNull(userId, given.patient_id),
  };
}
