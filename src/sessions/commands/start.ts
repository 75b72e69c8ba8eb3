import { sessionOf } from '../../billing/account.ts';
import type { Policy, StartWindow } from '../../billing/policy.ts';
import { startSession } from '../../billing/start.ts';
import type { CommandHandler } from '../commands.ts';
import { sessionView } from '../view.ts';

/** R2. Either participant starts; both at once start one session. `settings` are those in force now. */
export const createStartHandler = (settings: {
  readonly policy: Policy;
  readonly window: StartWindow;
}): CommandHandler<'start'> => ({
  needs: ({ appointmentId }) => ({ appointments: [appointmentId], newSessions: 1 }),
  decide: ({ appointmentId, caller }, work) => {
    const appointment = work.appointment(appointmentId);
    const settled = appointment === null ? null : work.account(appointment.patientId);
    const session = work.sessionOfAppointment(appointmentId);
    const newSessionId = work.newSessionId();
    if (settled === null) return { kind: 'refused', code: 'appointment_not_found' };
    const { account, accountNow } = settled;
    const request = { appointment, session, caller, account, newSessionId, ...settings };
    const decision = startSession(request, accountNow);
    switch (decision.kind) {
      case 'refused':
        return decision.code === 'session_ended' && session !== null
          ? { ...decision, session: sessionView(session, settled, work.logged(session.id)) }
          : decision;
      case 'already_active': {
        if (session === null) throw new Error('an active session was found and then was not there');
        return { kind: 'already_active', session: sessionView(session, settled, work.logged(session.id)) };
      }
      case 'started': {
        const role = caller === account.patientId ? 'patient' : 'doctor';
        const after = work.record(settled, decision.changes, { role, id: caller });
        return {
          kind: 'started',
          session: sessionView(sessionOf(after.account, newSessionId), after, work.logged(newSessionId)),
        };
      }
    }
  },
});
