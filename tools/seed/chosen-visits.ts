import { randomFrom } from '../kit/random.ts';
import { ORDINARY_PATIENTS } from './ordinary-visits.ts';
import { type At, CLINIC, MINUTE_MS, type Step, type Visit, talkBetween } from './visit.ts';

/** The administrator who makes corrections. */
const SUPPORT = 3;

/**
 * Visits chosen so that every page of the console has something to show: each reason to end, entries that were written
 * late, units that were given back and taken back, grants that were adjusted, used up and expired, and sessions that go on.
 */
export function chosenVisits(
  at: At,
  nowMs: number,
): { readonly visits: readonly Visit[]; readonly steps: readonly Step[] } {
  return { visits: visits(at, nowMs), steps: [...sales(at, nowMs), ...corrections(at, nowMs)] };
}

type Talk = (from: number, to: number, count: number) => Visit['talk'];

function visits(at: At, nowMs: number): readonly Visit[] {
  const random = randomFrom(3, 'told visits');
  const talk: Talk = (from, to, count) => talkBetween(from, to, count, random);
  return [
    ...ofYesterday(at, talk),
    ...endedByRules(at, talk),
    ...endedByPeople(at, talk),
    ...now(nowMs, talk),
  ];
}

/** Patient 7 is charged two units; and what was due while no worker ran: a balance used up, and a silent session. */
const ofYesterday = (at: At, talk: Talk): readonly Visit[] => [
  {
    appointment: 101,
    patient: 7,
    doctor: 21,
    startMs: at(1, '9:00') + 12_345,
    talk: talk(0.7, 15.5, 18),
    end: { minute: 16.5, by: 'patient' },
  },
  {
    appointment: 102,
    patient: 6,
    doctor: 22,
    startMs: at(1, '10:02') + 40_000,
    talk: talk(1, 8.5, 13),
  },
  { appointment: 103, patient: 4, doctor: 23, startMs: at(1, '10:20') + 3_000, talk: [] },
];

const endedByRules = (at: At, talk: Talk): readonly Visit[] => [
  {
    appointment: 105,
    patient: 4,
    doctor: 21,
    startMs: at(3, '11:00') + 8_000,
    talk: talk(0.4, 18.7, 20),
    terms: { idle_seconds: 300 },
  },
  {
    appointment: 106,
    patient: 5,
    doctor: 24,
    startMs: at(3, '16:01'),
    talk: [
      { minute: 1.2, by: 'patient' },
      { minute: 4, by: 'patient' },
      { minute: 9.5, by: 'patient' },
    ],
    terms: { doctor_response_seconds: 900 },
  },
  {
    appointment: 107,
    patient: 4,
    doctor: 25,
    startMs: at(4, '9:30') + 2_000,
    talk: talk(0.5, 24.5, 34),
    terms: { max_duration_seconds: 1500 },
  },
];

/** Short ones, one of two hours, some by an administrator, and one that ends within the grace of its second block. */
const endedByPeople = (at: At, talk: Talk): readonly Visit[] => [
  {
    appointment: 104,
    patient: 9,
    doctor: 22,
    startMs: at(2, '13:58') + 31_000,
    startedBy: 'doctor',
    talk: talk(0.5, 117, 200),
    end: { minute: 118.3, by: 'doctor' },
  },
  {
    appointment: 108,
    patient: 9,
    doctor: 23,
    startMs: at(4, '13:00'),
    talk: talk(0.5, 13, 14),
    end: {
      minute: 14.2,
      by: 'admin',
      admin: SUPPORT,
      charge: false,
      note: 'The doctor was called to an emergency',
    },
  },
  {
    appointment: 109,
    patient: 9,
    doctor: 23,
    startMs: at(5, '10:00') + 5_000,
    talk: talk(0.5, 21, 25),
    end: {
      minute: 24.1,
      by: 'admin',
      admin: CLINIC,
      charge: true,
      note: 'The patient asked us to end it',
    },
  },
  {
    appointment: 110,
    patient: 5,
    doctor: 21,
    startMs: at(6, '15:00') + 20_000,
    talk: talk(0.5, 33, 45),
    end: { minute: 34.4, by: 'doctor' },
  },
  {
    appointment: 111,
    patient: 4,
    doctor: 21,
    startMs: at(6, '9:00'),
    talk: talk(0.3, 3, 5),
    end: { minute: 3.7, by: 'patient' },
  },
  {
    appointment: 112,
    patient: 5,
    doctor: 24,
    startMs: at(2, '8:30'),
    talk: talk(0.5, 9.6, 12),
    end: { minute: 10.5, by: 'patient' },
    terms: { end_grace_seconds: 60 },
  },
];

/** Going on: one for a while yet, and one that has just begun. */
const now = (nowMs: number, talk: Talk): readonly Visit[] => [
  {
    appointment: 120,
    patient: 8,
    doctor: 22,
    startMs: nowMs - 17.5 * MINUTE_MS,
    talk: talk(0.6, 17, 26),
  },
  {
    appointment: 121,
    patient: 12,
    doctor: 25,
    startMs: nowMs - 3 * MINUTE_MS,
    startedBy: 'doctor',
    talk: [{ minute: 1.5, by: 'doctor' }],
  },
];

function sales(at: At, nowMs: number): readonly Step[] {
  const sold = (grant: number, patient: number, units: number, atMs: number, expiresMs?: number): Step => ({
    atMs,
    act: (clinic) =>
      clinic.sell(CLINIC, grant, { patient, units, ...(expiresMs === undefined ? {} : { expiresMs }) }),
  });
  const opening = at(9, '7:00');
  return [
    sold(1, 4, 12, opening),
    // The last of its units expire inside a block that it paid for.
    sold(2, 5, 6, opening, at(6, '15:14')),
    sold(3, 5, 10, at(6, '8:00')),
    sold(4, 6, 3, at(2, '18:00')),
    // Expired with units in it.
    sold(7, 7, 2, opening, at(4, '0:00')),
    sold(11, 7, 5, at(5, '12:00')),
    sold(8, 8, 200, at(1, '12:00')),
    sold(9, 9, 40, opening),
    ...ORDINARY_PATIENTS.map((patient) => sold(patient, patient, 90, opening)),
    // More was bought under the same number.
    sold(9, 9, 45, at(3, '9:00')),
    // Nothing of it can be used before tomorrow is over, and then not for long.
    sold(14, 14, 90, at(1, '14:00'), nowMs + 3 * 24 * 60 * MINUTE_MS),
  ];
}

function corrections(at: At, nowMs: number): readonly Step[] {
  const step = (atMs: number, act: Step['act']): Step => ({ atMs, act });
  return [
    step(at(6, '10:12'), (clinic) => clinic.refund(SUPPORT, 111, 1, 'The connection of the doctor was lost')),
    step(at(6, '11:40'), (clinic) => clinic.takeBack(CLINIC, 111, 1, 'It was the wrong session')),
    step(at(5, '9:05'), (clinic) =>
      clinic.refund(SUPPORT, 110, 1, 'The first ten minutes went by with the picture'),
    ),
    step(at(4, '14:20'), (clinic) => clinic.refund(CLINIC, 109, 3, 'As agreed on the telephone')),
    step(at(2, '17:30'), (clinic) => clinic.refund(SUPPORT, 104, 12, 'The last block was about the bill')),
    step(at(1, '15:00'), (clinic) => clinic.adjust(SUPPORT, 11, 3, 'Paid at the desk, receipt 4471')),
    step(at(3, '12:00'), (clinic) => clinic.adjust(CLINIC, 1, -2, 'Booked twice by mistake')),
    step(at(2, '10:00'), (clinic) =>
      clinic.book(CLINIC, 990, { patient: 4, doctor: 24, scheduledMs: at(0, '0:00') + 36 * 60 * MINUTE_MS }),
    ),
    step(at(1, '16:00'), (clinic) =>
      clinic.book(CLINIC, 991, {
        patient: 13,
        doctor: 21,
        scheduledMs: nowMs + 24 * 60 * MINUTE_MS,
        status: 'pending',
      }),
    ),
    step(at(1, '8:00'), (clinic) => clinic.download(CLINIC, 'ledger?limit=1000')),
    step(at(1, '8:05'), (clinic) => clinic.view(SUPPORT, 'patients/5/balance')),
    step(at(1, '8:20'), (clinic) => clinic.view(CLINIC, 'audit?patient_id=5')),
  ];
}
