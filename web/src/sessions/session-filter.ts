import { isEndReason } from '../end-reasons.ts';
import { askedUnless, flawOfNumber, type Typed } from '../parts/filter.ts';
import { flawsOfPeriod, parseMoment } from '../parts/moments.ts';

type Name = 'state' | 'end_reason' | 'patient_id' | 'doctor_id' | 'appointment_id' | 'from' | 'to' | 'cursor';

/** Of the address of the list, what the API is asked for. What is none of the choices counts as any. */
export function sessionsAsked({ state, end_reason: reason, from, to, ...others }: Typed<Name>) {
  return askedUnless(
    {
      patient_id: flawOfNumber('Patient', others.patient_id),
      doctor_id: flawOfNumber('Doctor', others.doctor_id),
      appointment_id: flawOfNumber('Appointment', others.appointment_id),
      ...flawsOfPeriod(from, to),
    },
    {
      ...others,
      status: state === 'active' || state === 'ended' ? state : null,
      end_reason: reason !== undefined && isEndReason(reason) ? reason : null,
      from: parseMoment(from),
      to: parseMoment(to),
    },
  );
}
