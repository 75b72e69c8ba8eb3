import { recordActivity as activity } from '../../billing/activity.ts';
import { refuse } from '../../billing/refusal.ts';
import { participationOf } from '../participation.ts';
import { sessionView } from '../view.ts';
import type { Verb } from '../verb.ts';

/**
 * Stores a message; it counts as activity (R7). A repeat of one that is stored is answered with the first
 * answer, also after the end: the app may have lost it. Another text under the same id is refused.
 */
export const sendMessage: Verb<'sendMessage'> = {
  needs: ({ appointmentId, clientMessageId }) => ({
    appointments: [appointmentId],
    messages: [{ appointmentId, clientMessageId }],
  }),
  decide: ({ appointmentId, caller, clientMessageId, text }, workspace) => {
    const part = participationOf(workspace, appointmentId, caller);
    if (part.kind === 'refused') return part;
    const { session, settled, role } = part;
    const { account, now } = settled;
    const before = workspace.message(session.id, clientMessageId);
    if (before !== null)
      return before.text === text && before.senderId === caller
        ? { kind: 'stored_before', message: before }
        : refuse('message_id_reused');
    if (session.state === 'ended')
      return { ...refuse('session_ended'), session: sessionView(session, account, now) };
    const actor = { role, id: caller };
    workspace.record(settled, [activity(session, role, now)], actor);
    const message = {
      sessionId: session.id,
      clientMessageId,
      senderId: caller,
      senderRole: role,
      sentAt: now,
      text,
    };
    return { kind: 'stored', message: workspace.storeMessage(message, actor) };
  },
};
