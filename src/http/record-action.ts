import type { FastifyRequest } from 'fastify';
import type { PatientId } from '../billing/ids.ts';
import type { ActName, AdminAction, AdminActions } from '../sessions/admin-actions.ts';
import { callerOf } from './auth/caller.ts';

/** What is left out is null. */
type Act = Partial<Omit<AdminAction, 'actorId' | 'requestId'>> & { readonly action: ActName };

/**
 * Records what the caller of a request is about to do: to be awaited before it is done.
 * @throws StoreUnavailable where it cannot be recorded: then the caller must not do it.
 */
export const recordAction = (
  actions: Pick<AdminActions, 'record'>,
  request: FastifyRequest,
  act: Act,
): Promise<void> =>
  actions.record({
    targetKind: null,
    targetId: null,
    patientId: null,
    note: null,
    before: null,
    after: null,
    ...act,
    actorId: callerOf(request).userId,
    requestId: request.id,
  });

/** Who asks for a command, and in which request: the command records both. */
export const byAdmin = (request: FastifyRequest) => ({
  admin: callerOf(request).userId,
  requestId: request.id,
});

/** Records the export of a list, and with which filters. To be awaited before the list is read. */
export const recordExport = (
  actions: Pick<AdminActions, 'record'>,
  request: FastifyRequest,
  action: 'ledger.exported' | 'actions.exported',
  patientId: PatientId | null,
): Promise<void> => recordAction(actions, request, { action, patientId, after: queryTexts(request) });

/** What the query of a request asked for. */
export const queryTexts = ({ query }: Pick<FastifyRequest, 'query'>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(Object(query)).map(([name, value]) => [name, String(value)]));

/**
 * Records that a signed-in person views a patient: once an hour for each. The answer does not wait for it; a failure is
 * logged.
 */
export function recordView(
  actions: Pick<AdminActions, 'record'>,
  request: FastifyRequest,
  patientId: PatientId,
): void {
  if (callerOf(request).cameBy !== 'sign_in') return;
  const view: Act = { action: 'patient.viewed', targetKind: 'patient', targetId: patientId, patientId };
  recordAction(actions, request, view).catch((error: unknown) =>
    request.log.warn({ err: error }, 'The view of a patient could not be recorded'),
  );
}
