import type { Random } from '../kit/random.ts';
import type { Booking, Clinic } from '../kit/clinic/clinic.ts';

/** Something that a person does at an instant, in ms since 1970. */
export interface Step {
  readonly atMs: number;
  readonly act: (clinic: Clinic) => Promise<unknown>;
}

/** One session, from its booking on. Minutes count from its start. */
export interface Visit {
  readonly appointment: number;
  readonly patient: number;
  readonly doctor: number;
  readonly startMs: number;
  readonly startedBy?: 'patient' | 'doctor';
  readonly talk: readonly Message[];
  /** Without it the session goes on until a rule ends it. */
  readonly end?: End;
  readonly terms?: NonNullable<Booking['terms']>;
}

export interface Message {
  readonly minute: number;
  readonly by: 'patient' | 'doctor';
}

export type End =
  | { readonly minute: number; readonly by: 'patient' | 'doctor' }
  | {
      readonly minute: number;
      readonly by: 'admin';
      readonly admin: number;
      readonly charge: boolean;
      readonly note: string;
    };

/** An instant by its time of day (UTC) and the number of days before today. */
export type At = (daysAgo: number, time: `${number}:${number}`) => number;

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
/** The clinic's own system, which books and sells, signs in as this administrator. */
export const CLINIC = 1;
/** Long enough before a visit for the session not to be in question. */
const BOOKED_BEFORE_MS = 20 * HOUR_MS;

/** The engine does not read texts: it counts that a message was written, and by whom. */
const WORDS = {
  patient: [
    'Good morning.',
    'It began on Monday, in the evening.',
    'No, not any more.',
    'Twice a day, after meals.',
    'I will send the picture.',
    'Thank you, that helps.',
  ],
  doctor: [
    'Good morning, how are you today?',
    'Since when?',
    'Does it hurt when you move?',
    'How often do you take it?',
    'Let us wait for the result then.',
    'Please drink a lot.',
  ],
} as const;

/** `firstMs`: when the clinic opened its books; nothing was booked before. */
export function stepsOf(visit: Visit, firstMs: number, random: Random): readonly Step[] {
  const { appointment, startMs, talk, end } = visit;
  const user = (by: 'patient' | 'doctor'): number => visit[by];
  const at = (minute: number): number => startMs + Math.round(minute * MINUTE_MS);
  const { patient, doctor, terms } = visit;
  const booking: Booking = {
    patient,
    doctor,
    scheduledMs: startMs - (startMs % MINUTE_MS),
    ...(terms === undefined ? {} : { terms }),
  };
  return [
    {
      atMs: Math.max(firstMs, startMs - BOOKED_BEFORE_MS),
      act: ({ book }) => book(CLINIC, appointment, booking),
    },
    { atMs: startMs, act: ({ start }) => start(user(visit.startedBy ?? 'patient'), appointment) },
    ...talk.map(({ minute, by }) => ({
      atMs: at(minute),
      act: ({ write }: Clinic) => write(user(by), appointment, random.pick(WORDS[by])),
    })),
    ...(end === undefined ? [] : [{ atMs: at(end.minute), act: endOf(visit, end) }]),
  ];
}

const endOf =
  (visit: Visit, end: End): Step['act'] =>
  (clinic) =>
    end.by === 'admin'
      ? clinic.endByAdmin(end.admin, visit.appointment, end.charge, end.note)
      : clinic.end(visit[end.by], visit.appointment);

/** `count` messages between two minutes, the first at `from`: both sides, in exchanges with pauses between them. */
export function talkBetween(from: number, to: number, count: number, random: Random): readonly Message[] {
  const minutes = Array.from({ length: count }, (_, index) => {
    if (index === 0) return from;
    const whole = random.next();
    // Pulled towards the middle of one of the exchanges.
    const exchange = (Math.floor(whole * EXCHANGES) + 0.5) / EXCHANGES;
    return from + (to - from) * (exchange + (whole - exchange) * 0.7);
  }).toSorted((a, b) => a - b);
  let by: Message['by'] = 'patient';
  return minutes.map((minute) => {
    const message = { minute, by };
    if (random.chance(0.7)) by = by === 'patient' ? 'doctor' : 'patient';
    return message;
  });
}

const EXCHANGES = 5;
