import type { FastifyRequest } from 'fastify';
import type { ActName, AdminAction, AdminActions } from '../sessions/admin-actions.ts';
import { callerOf } from './auth/caller.ts';

/** What is not said is null. */
type Act = Partial<Omit<AdminAction, 'actorId' | 'requestId'>> & { readonly action: ActName };

/**
 * Records what the caller of a request is about to do: to be awaited before it is done.
 * @throws StoreUnavailable where it cannot be recorded: what leaves no trace is not done.
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
