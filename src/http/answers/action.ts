import { Type } from 'typebox';
import type { RecordedAction } from '../../sessions/admin-actions.ts';
import { columnsOf, csv } from '../csv.ts';
import { rfc3339 } from '../rfc3339.ts';
import { id, instant, nullable, oneOf } from '../schemas.ts';

const data = Type.Unsafe<Record<string, unknown> | null>({
  type: ['object', 'null'],
  additionalProperties: true,
});

export const actionSchema = Type.Object({
  action_id: id,
  at: instant,
  actor_id: id,
  actor_role: oneOf('admin'),
  action: Type.String({
    description:
      'session.ended, charge.refunded, refund.taken_back, grant.adjusted, grant.created, grant.changed, ' +
      'appointment.created, appointment.changed, signed_in, signed_out, ledger.exported, actions.exported, audit.run, ' +
      'audit.acknowledged, patient.viewed, or queue. and what was done on the board',
  }),
  target_kind: nullable(oneOf('session', 'entry', 'grant', 'appointment', 'patient', 'queue', 'audit')),
  target_id: nullable(Type.Integer({ description: 'null also where `after` names it: a queue, a night' })),
  patient_id: nullable(id),
  note: nullable(Type.String()),
  before: data,
  after: data,
  request_id: nullable(Type.String()),
});

type ActionJson = Type.Static<typeof actionSchema>;

export const actionJson = (action: RecordedAction): ActionJson => ({
  action_id: action.id,
  at: rfc3339(action.recordedAt),
  actor_id: action.actorId,
  // Nobody else gets into the list.
  actor_role: 'admin',
  action: action.action,
  target_kind: action.targetKind,
  target_id: action.targetId,
  patient_id: action.patientId,
  note: action.note,
  before: action.before,
  after: action.after,
  request_id: action.requestId,
});

export const actionsCsv = (actions: readonly RecordedAction[]): string =>
  csv(
    columnsOf(actionSchema),
    actions.map((action) =>
      Object.assign(actionJson(action), { before: textOf(action.before), after: textOf(action.after) }),
    ),
  );

const textOf = (given: RecordedAction['before']): string | null =>
  given === null ? null : JSON.stringify(given);
