import { startSession as decideStart } from '../../billing/start.ts';
import type { Policy, StartWindow } from '../../billing/policy.ts';
import { sessionOf } from '../../billing/account.ts';
import { sessionView } from '../view.ts';
import type { Verb } from '../verb.ts';

/** R2. Either participant starts; both at once start one session. `terms` are the settings in force now. */
export const startSession = (terms: {
  readonly policy: Policy;
  readonly window: StartWindow;
}): Verb<'start'> => ({
  needs: ({ appointmentId }) => ({ appointments: [appointmentId], newSessions: 1 }),
  decide: ({ appointmentId, caller }, workspace) => {
    const appointment = workspace.appointment(appointmentId);
    const settled = appointment === null ? null : workspace.account(appointment.patientId);
    const session = workspace.sessionOfAppointment(appointmentId);
    const newSessionId = workspace.newSessionId();
    if (settled === null) return { kind: 'refused', code: 'appointment_not_found' };
    const { account, now } = settled;
    const decision = decideStart({ appointment, session, caller, account, newSessionId, ...terms }, now);
    switch (decision.kind) {
      case 'refused':
        return decision.code === 'session_ended' && session !== null
          ? { ...decision, session: sessionView(session, account, now) }
          : decision;
      case 'already_active': {
        if (session === null) throw new Error('an active session was found and then was not there');
        return { kind: 'already_active', session: sessionView(session, account, now) };
      }
      case 'started': {
        const role = caller === account.patientId ? 'patient' : 'doctor';
        const after = workspace.record(settled, decision.changes, { role, id: caller });
        const started = sessionOf(after.account, newSessionId);
        return { kind: 'started', session: sessionView(started, after.account, now) };
      }
    }
  },
});
