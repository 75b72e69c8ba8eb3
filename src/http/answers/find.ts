import { Type } from 'typebox';
import type { BookedAppointment } from '../../sessions/console-reads.ts';
import type { Hit } from '../../sessions/console-store.ts';
import { id, nullable, oneOf } from '../schemas.ts';
import { storedAppointmentFields, storedAppointmentJson } from './appointment.ts';

export const hitsSchema = Type.Object({
  hits: Type.Array(
    Type.Object({ kind: oneOf('patient', 'session', 'appointment', 'grant', 'entry', 'doctor'), id }),
  ),
});

export const hitsJson = (hits: readonly Hit[]): Type.Static<typeof hitsSchema> => ({
  hits: hits.map((hit) => ({ ...hit })),
});

/** An appointment as it was put, and the session that it has. */
export const bookedAppointmentSchema = Type.Object({ ...storedAppointmentFields, session_id: nullable(id) });

export const bookedAppointmentJson = ({
  appointment,
  sessionId,
}: BookedAppointment): Type.Static<typeof bookedAppointmentSchema> => ({
  ...storedAppointmentJson(appointment),
  session_id: sessionId,
});
