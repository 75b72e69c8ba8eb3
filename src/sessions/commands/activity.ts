import { recordActivity } from '../../billing/activity.ts';
import { refuse } from '../../billing/refusal.ts';
import type { CommandHandler } from '../commands.ts';
import { partInSession } from '../participation.ts';
import { sessionView } from '../view.ts';

/** R7, for apps that keep their messages elsewhere. */
export const activityHandler: CommandHandler<'recordActivity'> = {
  needs: ({ appointmentId }) => ({ appointments: [appointmentId] }),
  decide: ({ appointmentId, caller }, work) => {
    const part = partInSession(work, appointmentId, caller);
    if (part.kind === 'refused') return part;
    const { session, settled, role } = part;
    const { accountNow } = settled;
    if (session.state === 'ended')
      return { ...refuse('session_ended'), session: sessionView(session, settled, work.logged(session.id)) };
    work.record(settled, [recordActivity(session, role, accountNow)], { role, id: caller });
    return { kind: 'recorded', sessionId: session.id, lastActivityAt: accountNow };
  },
};

/**
 * Stores a message, which counts as activity (R7). A repeat gets the first answer again, also after the session's end,
 * as the app may have lost it. Another text under the same id is refused.
 */
export const messageHandler: CommandHandler<'sendMessage'> = {
  needs: ({ appointmentId, clientMessageId }) => ({
    appointments: [appointmentId],
    messages: [{ appointmentId, clientMessageId }],
  }),
  decide: ({ appointmentId, caller, clientMessageId, text }, work) => {
    const part = partInSession(work, appointmentId, caller);
    if (part.kind === 'refused') return part;
    const { session, settled, role } = part;
    const { accountNow } = settled;
    const before = work.message(session.id, clientMessageId);
    if (before !== null)
      return before.text === text && before.senderId === caller
        ? { kind: 'stored_before', message: before }
        : refuse('message_id_reused');
    if (session.state === 'ended')
      return { ...refuse('session_ended'), session: sessionView(session, settled, work.logged(session.id)) };
    const actor = { role, id: caller };
    work.record(settled, [recordActivity(session, role, accountNow)], actor);
    const message = {
      sessionId: session.id,
      clientMessageId,
      senderId: caller,
      senderRole: role,
      sentAt: accountNow,
      text,
    };
    return { kind: 'stored', message: work.storeMessage(message, actor) };
  },
};
