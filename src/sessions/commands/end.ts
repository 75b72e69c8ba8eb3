import { type Actor, type Session, sessionOf } from '../../billing/account.ts';
import { type EndRequest, endSession as end } from '../../billing/end.ts';
import { refuse } from '../../billing/refusal.ts';
import type { Outcomes } from '../commands.ts';
import { participationOf } from '../participation.ts';
import { sessionView } from '../view.ts';
import type { Verb } from '../verb.ts';
import type { Remark, SettledAccount } from '../journal.ts';
import type { Workspace } from '../unit-of-work.ts';

/** R6, by a participant. Ending an ended session answers with the stored result and charges nothing. */
export const endSession: Verb<'end'> = {
  needs: ({ appointmentId }) => ({ appointments: [appointmentId] }),
  decide: ({ appointmentId, caller }, workspace) => {
    const part = participationOf(workspace, appointmentId, caller);
    if (part.kind === 'refused') return part;
    const actor: Actor = { role: part.role, id: caller };
    return finish(workspace, part.settled, part.session, { by: 'participant' }, actor);
  },
};

/** R6, by an admin, who states whether the block in progress is charged, and why. */
export const endByAdmin: Verb<'endByAdmin'> = {
  needs: ({ sessionId }) => ({ sessions: [sessionId] }),
  decide: ({ sessionId, admin, note, charge }, workspace) => {
    const settled = workspace.accountOfSession(sessionId);
    if (settled === null) return refuse('session_not_found');
    const session = sessionOf(settled.account, sessionId);
    const actor: Actor = { role: 'admin', id: admin };
    return finish(workspace, settled, session, { by: 'admin', charge }, actor, {
      note,
      idempotencyKey: null,
    });
  },
};

function finish(
  workspace: Workspace,
  settled: SettledAccount,
  session: Session,
  request: EndRequest,
  actor: Actor,
  remark?: Remark,
): Outcomes['end'] {
  if (session.state === 'ended')
    return { kind: 'ended_before', session: sessionView(session, settled.account, settled.now) };
  const { account, now } = workspace.record(settled, end(session, request, settled.now), actor, remark);
  return { kind: 'ended', session: sessionView(sessionOf(account, session.id), account, now) };
}
