import { isEndReason } from '../end-reasons.ts';
import { flawOfNumber, flawsOfPeriod, parseMoment } from '../parts/moments.ts';

/** The form as it stands in the address: as it was typed, so that a reload shows the same. */
export type SearchField =
  'state' | 'end_reason' | 'patient_id' | 'doctor_id' | 'appointment_id' | 'from' | 'to' | 'cursor';
export type SessionSearch = { readonly [Field in SearchField]?: string | undefined };
export type SearchFlaws = { readonly [Field in SearchField]?: string | undefined };

export type SessionQuery =
  | { readonly kind: 'flaws'; readonly flaws: SearchFlaws }
  /** For the API. */
  | { readonly kind: 'query'; readonly query: Readonly<Record<string, string | null>> };

export function sessionQuery(search: SessionSearch): SessionQuery {
  const { state, end_reason: reason, patient_id, doctor_id, appointment_id, cursor } = search;
  const { from = '', to = '' } = search;
  const flaws: SearchFlaws = {
    patient_id: flawOfNumber('Patient', patient_id ?? ''),
    doctor_id: flawOfNumber('Doctor', doctor_id ?? ''),
    appointment_id: flawOfNumber('Appointment', appointment_id ?? ''),
    ...flawsOfPeriod(from, to),
  };
  if (Object.values(flaws).some((flaw) => flaw !== undefined)) return { kind: 'flaws', flaws };
  return {
    kind: 'query',
    query: {
      status: state === 'active' || state === 'ended' ? state : null,
      end_reason: reason !== undefined && isEndReason(reason) ? reason : null,
      patient_id: trimmed(patient_id),
      doctor_id: trimmed(doctor_id),
      appointment_id: trimmed(appointment_id),
      from: parseMoment(from),
      to: parseMoment(to),
      cursor: trimmed(cursor),
    },
  };
}

const trimmed = (text = ''): string | null => (text.trim() === '' ? null : text.trim());
