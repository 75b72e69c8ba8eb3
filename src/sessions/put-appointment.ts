import { refuse } from '../billing/refusal.ts';
import type { Verb } from './verb.ts';

/**
 * The clinic's system creates or changes a booking. Once it has a session, patient, doctor and type are fixed,
 * and its status no longer touches the session.
 */
export const putAppointment: Verb<'putAppointment'> = {
  needs: ({ appointment }) => ({ appointments: [appointment.id], patients: [appointment.patientId] }),
  decide: ({ appointment }, workspace) => {
    const before = workspace.appointment(appointment.id);
    const hasSession = workspace.sessionOfAppointment(appointment.id) !== null;
    if (before !== null && hasSession) {
      const isSame =
        before.patientId === appointment.patientId &&
        before.doctorId === appointment.doctorId &&
        before.type === appointment.type;
      if (!isSame) return refuse('appointment_in_use');
    }
    workspace.storeAppointment(appointment);
    return { kind: 'stored', appointment };
  },
};
