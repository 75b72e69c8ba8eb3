import { appointmentId, ledgerEntryId, sessionId, userId } from '../../../src/billing/ids.ts';
import { instant } from '../../../src/billing/time.ts';
import type { LedgerFilter, SessionFilter } from '../../../src/sessions/console-store.ts';
import { createReads, type Reads } from '../../../src/sessions/reads.ts';
import { type Database, openDatabase } from '../../../src/storage/database.ts';
import { ledgerFilter, sessionFilter } from '../../kit/list-filters.ts';
import { type Random, randomFrom } from '../../kit/random.ts';
import { BUSY_DOCTOR, BUSY_PATIENT, fillOldClinic, LOGGED, type OldClinic } from '../clinic/old-clinic.ts';
import type { Row } from '../figures.ts';
import type { Measure } from '../rig.ts';
import { figure, percentile, quotients } from '../statistics.ts';

const SESSIONS = { quick: 20_000, whole: 1_000_000 };
const PAGES = 100;
const DAY_MS = 86_400_000;

/** Something that staff ask, of another session, day or page each time. */
type Question = (reads: Reads, clinic: OldClinic, random: Random) => Promise<unknown>;

const PATIENT = userId(BUSY_PATIENT);
const DOCTOR = userId(BUSY_DOCTOR);

const sessions = (reads: Reads, filter: Partial<SessionFilter>) => reads.sessions(sessionFilter(filter));
const ledger = (reads: Reads, filter: Partial<LedgerFilter>) => reads.ledger(ledgerFilter(filter));

const anySession = ({ sessions: last }: OldClinic, random: Random) => sessionId(random.between(1, last));
const anyEntry = ({ sessions: last }: OldClinic, random: Random) => ({
  effectiveAt: null,
  entryId: ledgerEntryId(random.between(1, 3 * last)),
});
/** Some days in a row, at any time of the clinic's life. */
function someDays({ firstMs, lastMs }: OldClinic, random: Random, days: number) {
  const fromMs = random.between(firstMs, Math.max(firstMs, lastMs - days * DAY_MS));
  return { from: instant(fromMs), to: instant(fromMs + days * DAY_MS) };
}

/** Pages of sessions, each from a random session on. */
const SESSION_LISTS: Readonly<Record<string, Partial<SessionFilter>>> = {
  everybody: {},
  active: { status: 'active' },
  ended: { status: 'ended' },
  'a frequent reason': { endReason: 'manual_end' },
  'a seldom reason': { endReason: 'admin_end' },
  'a reason without hits': { endReason: 'doctor_no_response' },
  'the patient': { patientId: PATIENT },
  'the patient, a reason without hits': { patientId: PATIENT, endReason: 'idle_timeout' },
  'the doctor': { doctorId: DOCTOR },
  'the doctor, ended': { doctorId: DOCTOR, status: 'ended' },
  'the doctor, a reason without hits': { doctorId: DOCTOR, endReason: 'idle_timeout' },
  'the patient and the doctor': { patientId: PATIENT, doctorId: DOCTOR },
};

const listQuestions: readonly (readonly [string, Question])[] = [
  ...Object.entries(SESSION_LISTS).map(([name, filter]): readonly [string, Question] => [
    name,
    (reads, clinic, random) => sessions(reads, { ...filter, cursor: anySession(clinic, random) }),
  ]),
  ['a day', (reads, clinic, random) => sessions(reads, someDays(clinic, random, 1))],
  [
    'a day of the doctor',
    (reads, clinic, random) => sessions(reads, { doctorId: DOCTOR, ...someDays(clinic, random, 1) }),
  ],
  [
    'an appointment',
    (reads, clinic, random) => sessions(reads, { appointmentId: appointmentId(anySession(clinic, random)) }),
  ],
];

const ledgerQuestions: readonly (readonly [string, Question])[] = [
  ['everybody', (reads, clinic, random) => ledger(reads, { cursor: anyEntry(clinic, random) })],
  ['a month', (reads, clinic, random) => ledger(reads, someDays(clinic, random, 31))],
  [
    'the patient',
    (reads, clinic, random) => ledger(reads, { patientId: PATIENT, cursor: anyEntry(clinic, random) }),
  ],
  [
    'a month of the patient',
    (reads, clinic, random) => ledger(reads, { patientId: PATIENT, ...someDays(clinic, random, 31) }),
  ],
  [
    'the doctor',
    (reads, clinic, random) => ledger(reads, { doctorId: DOCTOR, cursor: anyEntry(clinic, random) }),
  ],
  [
    'a month of the doctor',
    (reads, clinic, random) => ledger(reads, { doctorId: DOCTOR, ...someDays(clinic, random, 31) }),
  ],
  ['a session', (reads, clinic, random) => ledger(reads, { sessionId: anySession(clinic, random) })],
];

const pageQuestions: readonly (readonly [string, Question])[] = [
  ['find a number', (reads, clinic, random) => reads.find(random.between(1, 2 * clinic.sessions))],
  ['a session', (reads, clinic, random) => reads.timeline(loggedSession(clinic, random, LOGGED))],
  [
    'a session of the patient',
    (reads, clinic, random) => reads.timeline(loggedSession(clinic, random, 4 * LOGGED)),
  ],
  ["the patient's balance", (reads) => reads.balance(PATIENT)],
  ["the patient's history", (reads) => reads.history(PATIENT, 2_000)],
];

/** One whose log is there and which has ended: of each fourth of them, the busy patient's. */
const loggedSession = ({ sessions: last }: OldClinic, random: Random, each: number) =>
  sessionId(each * random.between(1, Math.floor(last / each) - 1_000 / LOGGED));

const dayQuestions: readonly (readonly [string, Question])[] = [
  ['everybody', (reads, clinic, random) => reads.days(daysFrom(clinic, random), null)],
  ['the doctor', (reads, clinic, random) => reads.days(daysFrom(clinic, random), DOCTOR)],
];

const nowQuestions = ({ state, lastHour }: Database): readonly (readonly [string, Question])[] => [
  ['sessions, processes and the last audit', state],
  ['the last hour', lastHour],
];

function daysFrom(clinic: OldClinic, random: Random) {
  const { from } = someDays(clinic, random, 31);
  return Array.from({ length: 31 }, (_, day) => ({
    from: instant(from + day * DAY_MS),
    to: instant(from + (day + 1) * DAY_MS),
  }));
}

/** How long the console's statements take on a million sessions, through the product's own pool. */
export const measureConsoleLists: Measure = async (rig, say, { rounds, isQuick }) => {
  const clinic = await fillOldClinic(rig.sql, isQuick ? SESSIONS.quick : SESSIONS.whole, say);
  const database = openDatabase({ url: rig.databaseUrl, maxConnections: 10, applicationName: 'bench' });
  const reads = createReads(database.store, database.records, database.console);
  try {
    const ask = async (name: string, question: Question): Promise<number> => {
      const random = randomFrom(1, name);
      const tookMs: number[] = [];
      for (let page = 0; page < PAGES; page += 1) {
        const startMs = performance.now();
        await question(reads, clinic, random);
        tookMs.push(performance.now() - startMs);
      }
      return percentile(
        tookMs.toSorted((a, b) => a - b),
        0.95,
      );
    };
    const slowest = async (
      what: string,
      questions: readonly (readonly [string, Question])[],
      most: number,
    ) => {
      const ours: number[] = [];
      const told = new Map<string, number>();
      for (let round = 1; round <= rounds; round += 1) {
        const each: number[] = [];
        for (const [name, question] of questions) {
          const p95Ms = await ask(name, question);
          each.push(p95Ms);
          told.set(name, Math.max(p95Ms, told.get(name) ?? 0));
        }
        ours.push(Math.max(...each));
        say(`round ${round}, ${what}: ${figure(ours.at(-1) ?? 0)} ms`);
      }
      const inWords = Array.from(told, ([name, ms]) => `${name} ${figure(ms)}`).join(', ');
      return row(what, ours, most, `p95 of ${PAGES} each, the slowest round, ms: ${inWords}.`);
    };
    const size = `${figure(clinic.sessions)} sessions`;
    return [
      await slowest(
        `console: a page of ${size}, the slowest of ${listQuestions.length} filters`,
        listQuestions,
        50,
      ),
      await tenThousandth(ask, rounds, clinic),
      await slowest(
        `console: a page of their ledger, the slowest of ${ledgerQuestions.length} filters`,
        ledgerQuestions,
        50,
      ),
      await slowest('console: one session, one patient, one number', pageQuestions, 50),
      await slowest('console: figures of 31 days', dayQuestions, 250),
      await slowest('console: how it stands now', nowQuestions(database), 50),
    ];
  } finally {
    await database.close();
  }
};

const row = (what: string, ours: readonly number[], most: number, details: string): Row => ({
  what,
  against: '–',
  unit: 'ms',
  ours: [...ours],
  floor: null,
  ratio: null,
  aim: { of: 'value', most },
  details,
});

/** A page is found by the session before it, however many came before that. */
async function tenThousandth(
  ask: (name: string, question: Question) => Promise<number>,
  rounds: number,
  { sessions: last }: OldClinic,
): Promise<Row> {
  const first: number[] = [];
  const deep: number[] = [];
  const before = sessionId(Math.max(1, last - 10_000 * sessionFilter().limit));
  for (let round = 1; round <= rounds; round += 1) {
    first.push(await ask('page 1', (reads) => sessions(reads, {})));
    deep.push(await ask('page 10,000', (reads) => sessions(reads, { cursor: before })));
  }
  return {
    what: 'console: page 10,000 of all sessions',
    against: 'page 1',
    unit: 'ms',
    ours: deep,
    floor: first,
    ratio: quotients(deep, first),
    aim: { of: 'value', most: 50 },
  };
}
