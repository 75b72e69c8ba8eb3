import { type Actor, type Session, sessionOf } from '../../billing/account.ts';
import type { Change } from '../../billing/change.ts';
import { endSession } from '../../billing/end.ts';
import { refuse } from '../../billing/refusal.ts';
import { sessionData } from '../action-data.ts';
import type { CommandHandler } from '../commands.ts';
import { effectOf } from '../effect.ts';
import { partInSession } from '../participation.ts';
import type { AdminNote, SettledAccount, Work } from '../unit-of-work.ts';
import { sessionView } from '../view.ts';

/** R6, by a participant. Ending an ended session answers with the stored result and charges nothing. */
export const endHandler: CommandHandler<'end'> = {
  needs: ({ appointmentId }) => ({ appointments: [appointmentId] }),
  decide: ({ appointmentId, caller }, work) => {
    const part = partInSession(work, appointmentId, caller);
    if (part.kind === 'refused') return part;
    const { session, settled, role } = part;
    if (session.state === 'ended') return endedBefore(work, settled, session);
    const changes = endSession(session, { by: 'participant' }, settled.accountNow);
    return end(work, settled, session, changes, { role, id: caller });
  },
};

/** R6, by an admin, who states whether the block in progress is charged, and why. */
export const endByAdminHandler: CommandHandler<'endByAdmin'> = {
  needs: ({ sessionId }) => ({ sessions: [sessionId] }),
  decide: ({ sessionId, admin, note, charge, requestId = null, isExpected }, work) => {
    const settled = work.accountOfSession(sessionId);
    if (settled === null) return refuse('session_not_found');
    const session = sessionOf(settled.account, sessionId);
    if (session.state === 'ended') return endedBefore(work, settled, session);
    const { patientId } = session;
    const changes = endSession(session, { by: 'admin', charge }, settled.accountNow);
    const effect = effectOf(settled, changes, work.due(patientId), { kind: 'session', sessionId });
    if (isExpected?.(effect) === false) return { kind: 'effect_changed', effect };
    const actor: Actor = { role: 'admin', id: admin };
    const ended = end(work, settled, session, changes, actor, { note, idempotencyKey: null });
    work.recordAction({
      actorId: admin,
      action: 'session.ended',
      targetKind: 'session',
      targetId: sessionId,
      patientId,
      note,
      before: sessionData(session),
      after: sessionData(ended.session.session),
      requestId,
    });
    return { ...ended, effect };
  },
};

const endedBefore = (work: Work, settled: SettledAccount, session: Session) => ({
  kind: 'ended_before' as const,
  session: sessionView(session, settled, work.logged(session.id)),
});

function end(
  work: Work,
  settled: SettledAccount,
  { id }: Session,
  changes: readonly Change[],
  actor: Actor,
  adminNote?: AdminNote,
) {
  const after = work.record(settled, changes, actor, adminNote);
  const session = sessionView(sessionOf(after.account, id), after, work.logged(id));
  return { kind: 'ended' as const, session };
}
