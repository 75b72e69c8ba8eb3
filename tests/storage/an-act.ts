import type { ActName, AdminAction } from '../../src/sessions/admin-actions.ts';
import { ADMIN } from '../billing/specimens.ts';

type Act = AdminAction & { readonly action: ActName };

/** Something that an administrator did to no account. */
export const anAct = (differing: Partial<Act> = {}): Act => ({
  actorId: ADMIN,
  action: 'ledger.exported',
  targetKind: null,
  targetId: null,
  patientId: null,
  note: null,
  before: null,
  after: null,
  requestId: 'a-request',
  ...differing,
});
