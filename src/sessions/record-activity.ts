import { recordActivity as activity } from '../billing/activity.ts';
import { refuse } from '../billing/refusal.ts';
import { participationOf } from './participation.ts';
import { sessionView } from './view.ts';
import type { Verb } from './verb.ts';

/** R7, for apps that keep their messages elsewhere. */
export const recordActivity: Verb<'recordActivity'> = {
  needs: ({ appointmentId }) => ({ appointments: [appointmentId] }),
  decide: ({ appointmentId, caller }, workspace) => {
    const part = participationOf(workspace, appointmentId, caller);
    if (part.kind === 'refused') return part;
    const { session, settled, role } = part;
    const { account, now } = settled;
    if (session.state === 'ended')
      return { ...refuse('session_ended'), session: sessionView(session, account, now) };
    workspace.record(settled, [activity(session, role, now)], { role, id: caller });
    return { kind: 'recorded', sessionId: session.id, lastActivityAt: now };
  },
};
