import { after, afterStart, at, bought, charged, refunded, type Scenario } from './scenario.ts';

/** R3 and R6: two whole blocks, and the third because some of it has run. What the phone claims changes nothing. */
const patientEnds: Scenario = {
  title: 'The patient ends inside the third block, on a phone that does its own sums',
  startedBy: 'patient',
  units: 5,
  steps: [
    {
      name: 'patient writes',
      kind: 'write',
      by: 'patient',
      text: 'Good morning, doctor.',
      atMs: 300,
      beforeMs: 2_000,
    },
    {
      name: 'doctor answers',
      kind: 'write',
      by: 'doctor',
      text: 'Good morning. How are you?',
      atMs: 700,
      beforeMs: 2_000,
    },
    { name: 'phone sums', kind: 'ask_for_deduction', by: 'patient', units: 5, atMs: 2_300, beforeMs: 4_000 },
    { name: 'patient ends', kind: 'end', by: 'patient', claimedUnits: 99, atMs: 4_400, beforeMs: 6_000 },
  ],
  expected: {
    ledger: [
      bought('first', 5, at('bought')),
      charged(1, 'interval', afterStart(2_000), { left: 4 }),
      charged(2, 'interval', afterStart(4_000), { left: 3 }),
      charged(3, 'manual_end', at('patient ends'), { left: 2 }),
    ],
    end: { reason: 'manual_end', due: at('patient ends') },
    unitsUsed: 3,
    unitsLeft: 2,
  },
};

/** R5: one unit, for the silence and not for the interval as well. */
const nobodyWrites: Scenario = {
  title: 'Nobody writes',
  startedBy: 'patient',
  units: 3,
  steps: [],
  expected: {
    ledger: [bought('first', 3, at('bought')), charged(1, 'no_activity', afterStart(2_000), { left: 2 })],
    end: { reason: 'no_activity', due: afterStart(2_000) },
    unitsUsed: 1,
    unitsLeft: 2,
  },
};

/** R4: two units are two blocks, and the third is never entered. */
const balanceRunsOut: Scenario = {
  title: 'The balance runs out',
  startedBy: 'doctor',
  units: 2,
  steps: [
    {
      name: 'patient writes',
      kind: 'write',
      by: 'patient',
      text: 'I have two questions.',
      atMs: 400,
      beforeMs: 2_000,
    },
    { name: 'doctor answers', kind: 'write', by: 'doctor', text: 'Go ahead.', atMs: 900, beforeMs: 3_400 },
  ],
  expected: {
    ledger: [
      bought('first', 2, at('bought')),
      charged(1, 'interval', afterStart(2_000), { left: 1 }),
      charged(2, 'interval', afterStart(4_000), { left: 0 }),
    ],
    end: { reason: 'balance_exhausted', due: afterStart(4_000) },
    unitsUsed: 2,
    unitsLeft: 0,
  },
};

/** R9: three seconds after the patient's first message all is over and the first block is given back. */
const doctorSilent: Scenario = {
  title: 'The doctor never answers',
  startedBy: 'patient',
  units: 3,
  steps: [
    {
      name: 'patient writes',
      kind: 'write',
      by: 'patient',
      text: 'Is anybody there?',
      atMs: 100,
      // Any later, and a second block would be charged before the silence has lasted long enough.
      beforeMs: 1_000,
    },
  ],
  expected: {
    ledger: [
      bought('first', 3, at('bought')),
      charged(1, 'interval', afterStart(2_000), { left: 2 }),
      refunded(1, 'doctor_no_response', after('patient writes', 3_000), { left: 3 }),
    ],
    end: { reason: 'doctor_no_response', due: after('patient writes', 3_000) },
    unitsUsed: 0,
    unitsLeft: 3,
  },
};

/** R3 and R13: bought in the last block that was paid for, and the session goes on from the new grant. */
const topUpExtends: Scenario = {
  title: 'A top-up in the last paid block extends the session, and the doctor ends it',
  startedBy: 'doctor',
  units: 2,
  steps: [
    {
      name: 'doctor writes',
      kind: 'write',
      by: 'doctor',
      text: 'I have your results here.',
      atMs: 300,
      beforeMs: 2_000,
    },
    {
      name: 'patient answers',
      kind: 'write',
      by: 'patient',
      text: 'Let me have more time for that.',
      atMs: 800,
      beforeMs: 4_000,
    },
    { name: 'topped up', kind: 'top_up', units: 3, atMs: 2_400, beforeMs: 4_000 },
    { name: 'doctor ends', kind: 'end', by: 'doctor', atMs: 6_400, beforeMs: 8_000 },
  ],
  expected: {
    ledger: [
      bought('first', 2, at('bought')),
      charged(1, 'interval', afterStart(2_000), { left: 1 }),
      bought('second', 3, at('topped up')),
      charged(2, 'interval', afterStart(4_000), { left: 0 }),
      charged(3, 'interval', afterStart(6_000), { grant: 'second', left: 2 }),
      charged(4, 'manual_end', at('doctor ends'), { grant: 'second', left: 1 }),
    ],
    end: { reason: 'manual_end', due: at('doctor ends') },
    unitsUsed: 4,
    unitsLeft: 1,
  },
};

/** R12: no worker acts on a deadline, and the ledger comes out as if one had. */
const workerAway: Scenario = {
  title: 'The same as 3, while no worker runs',
  startedBy: 'patient',
  units: 2,
  steps: [
    {
      name: 'patient writes',
      kind: 'write',
      by: 'patient',
      text: 'May I ask something?',
      atMs: 300,
      beforeMs: 2_000,
    },
    { name: 'doctor answers', kind: 'write', by: 'doctor', text: 'Of course.', atMs: 600, beforeMs: 2_000 },
  ],
  expected: balanceRunsOut.expected,
};

/** Run side by side, with a worker. */
export const SIDE_BY_SIDE: readonly Scenario[] = [
  patientEnds,
  nobodyWrites,
  balanceRunsOut,
  doctorSilent,
  topUpExtends,
];

/** Run afterwards, without one. */
export const WORKER_AWAY: Scenario = workerAway;
