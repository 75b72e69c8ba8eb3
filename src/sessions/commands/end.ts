import { type Actor, type Session, sessionOf } from '../../billing/account.ts';
import { type EndRequest, endSession } from '../../billing/end.ts';
import { refuse } from '../../billing/refusal.ts';
import type { CommandHandler, Outcomes } from '../commands.ts';
import { partInSession } from '../participation.ts';
import type { AdminNote, SettledAccount, Work } from '../unit-of-work.ts';
import { sessionView } from '../view.ts';

/** R6, by a participant. Ending an ended session answers with the stored result and charges nothing. */
export const endHandler: CommandHandler<'end'> = {
  needs: ({ appointmentId }) => ({ appointments: [appointmentId] }),
  decide: ({ appointmentId, caller }, work) => {
    const part = partInSession(work, appointmentId, caller);
    if (part.kind === 'refused') return part;
    const actor: Actor = { role: part.role, id: caller };
    return end(work, part.settled, part.session, { by: 'participant' }, actor);
  },
};

/** R6, by an admin, who states whether the block in progress is charged, and why. */
export const endByAdminHandler: CommandHandler<'endByAdmin'> = {
  needs: ({ sessionId }) => ({ sessions: [sessionId] }),
  decide: ({ sessionId, admin, note, charge }, work) => {
    const settled = work.accountOfSession(sessionId);
    if (settled === null) return refuse('session_not_found');
    const session = sessionOf(settled.account, sessionId);
    const actor: Actor = { role: 'admin', id: admin };
    const adminNote = { note, idempotencyKey: null };
    return end(work, settled, session, { by: 'admin', charge }, actor, adminNote);
  },
};

function end(
  work: Work,
  settled: SettledAccount,
  session: Session,
  request: EndRequest,
  actor: Actor,
  adminNote?: AdminNote,
): Outcomes['end'] {
  if (session.state === 'ended')
    return { kind: 'ended_before', session: sessionView(session, settled, work.logged(session.id)) };
  const changes = endSession(session, request, settled.accountNow);
  const after = work.record(settled, changes, actor, adminNote);
  return {
    kind: 'ended',
    session: sessionView(sessionOf(after.account, session.id), after, work.logged(session.id)),
  };
}
