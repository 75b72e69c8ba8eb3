import { Type } from 'typebox';
import type { AuditRun } from '../../audit/audit-runs.ts';
import type { Api } from '../api.ts';
import type { Auditor } from '../app-options.ts';
import { auditRuns as examples } from '../documentation/audit-examples.ts';
import { ADMINISTRATION, signedIn } from '../documentation/openapi.ts';
import { responses } from '../documentation/responses.ts';
import { auditCounts, countsJson, driftJson, driftSchema } from '../drift-answer.ts';
import { success, successSchema } from '../envelope.ts';
import { instant, limitText, nullable } from '../schemas.ts';

const runSchema = Type.Object({
  night: Type.String({ format: 'date', description: 'The day on which it was due' }),
  started_at: instant,
  finished_at: nullable(instant),
  since: nullable(instant),
  until: instant,
  ...auditCounts,
  drift: Type.Array(driftSchema),
});

const iso = (at: number): string => new Date(at).toISOString();

const runJson = (run: AuditRun): Type.Static<typeof runSchema> => ({
  night: run.night,
  started_at: iso(run.startedAt),
  finished_at: run.finishedAt === null ? null : iso(run.finishedAt),
  since: run.since === null ? null : iso(run.since),
  until: iso(run.until),
  ...countsJson(run.counts),
  drift: run.drift.map(driftJson),
});

const answer = (runs: readonly AuditRun[]) =>
  success('The audits of the last nights', { runs: runs.map(runJson) });

const query = Type.Object({ limit: limitText(200, 30) }, { additionalProperties: false });

const schema = {
  operationId: 'auditRuns',
  tags: [ADMINISTRATION],
  summary: 'What the audits of the last nights found, the youngest first',
  description:
    'A night covers the sessions whose end was written down from `since` on, before `until`. Of its differences the ' +
    'first 100 are kept. `finished_at` is null while it goes on, and where no worker finished it.',
  security: signedIn,
  querystring: query,
  response: responses(
    { 200: successSchema(Type.Object({ runs: Type.Array(runSchema) }), answer(examples)) },
    'forbidden',
  ),
};

export function auditRuns(api: Api, read: Auditor['runs']): void {
  api.get('/audit/runs', { schema }, async ({ query: { limit } }) => answer(await read(Number(limit))));
}
