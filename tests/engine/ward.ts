import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { StoreUnavailable } from '../../src/sessions/store.ts';
import type { Policy } from '../../src/billing/policy.ts';
import { openProcess, type Process } from './clinic.ts';

/** Short blocks on the real clock: boundaries pass, and units are taken, while the faults happen. */
export const WARD_INTERVAL_MS = 400;
const POLICY: Partial<Policy> = { intervalMs: WARD_INTERVAL_MS, firstActivityMs: WARD_INTERVAL_MS };
const DOCTOR_OF_ALL = 9_000_001;
const UNITS = 100_000;
const SWEEP_EVERY_MS = 100;

/** What the engine has acknowledged, each under the name by which it can be found. */
export interface Journal {
  /** Ids of messages that it said it stored. */
  readonly messages: Set<string>;
  /** Keys of adjustments that it said it recorded. */
  readonly adjustments: Set<string>;
  /** Sessions that it said were started, and the time of the last activity that it said it recorded. */
  readonly sessions: Map<number, { lastActivityMs: number }>;
  /** Sessions that it said were over. */
  readonly ended: Set<number>;
}

/** Patients who start, write, correct and end without a pause, each one thing at a time, until they are told to stop. */
export interface Ward {
  readonly journal: Journal;
  /** How many commands were acknowledged so far. */
  readonly acknowledged: () => number;
  /** Milliseconds until every patient had something acknowledged that was sent after this call. */
  readonly untilAllAreServed: () => Promise<number>;
  /** Lets everybody finish, ends every session, and closes the processes. @throws what the engine threw besides StoreUnavailable */
  readonly discharge: () => Promise<void>;
}

/** Fills two processes of the engine on this database with patients, and waits until each was served once. */
export async function openWard(url: string, patients: number): Promise<Ward> {
  const processes = [openProcess(url, { policy: POLICY }), openProcess(url, { policy: POLICY })];
  const journal: Journal = {
    messages: new Set(),
    adjustments: new Set(),
    sessions: new Map(),
    ended: new Set(),
  };
  const servedAt = new Map<number, number>();
  let count = 0;
  let isOpen = true;

  /** As an app does: what could not be served is sent again, to whichever process comes first, until it is answered. */
  async function insist<T>(patient: number, command: (process: Process) => Promise<T>): Promise<T> {
    for (;;) {
      const sentAt = performance.now();
      const process = processes[Math.floor(Math.random() * processes.length)];
      if (process === undefined) throw new Error('the ward has no process');
      try {
        const outcome = await command(process);
        count += 1;
        servedAt.set(patient, sentAt);
        return outcome;
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        await pause(20);
      }
    }
  }

  const lives = Array.from({ length: patients }, (_patient, index) =>
    live(index + 1, insist, journal, () => isOpen),
  );
  const crashes: unknown[] = [];
  for (const life of lives) life.catch((error: unknown) => crashes.push(error));
  const sweeping = sweepUntil(processes, () => !isOpen);
  const ward: Ward = {
    journal,
    acknowledged: () => count,
    untilAllAreServed: async () => {
      const calledAt = performance.now();
      const isServed = (patient: number): boolean => (servedAt.get(patient) ?? 0) > calledAt;
      while (!lives.every((_life, index) => isServed(index + 1))) {
        if (crashes.length > 0) throw crashes[0];
        await pause(5);
      }
      return performance.now() - calledAt;
    },
    discharge: async () => {
      isOpen = false;
      await Promise.all([...lives, sweeping]);
      await Promise.all(processes.map((process) => process.close()));
    },
  };
  await ward.untilAllAreServed();
  return ward;
}

type Insist = <T>(patient: number, command: (process: Process) => Promise<T>) => Promise<T>;

/** One session after the other, for as long as the ward is open. */
async function live(patient: number, insist: Insist, journal: Journal, isOpen: () => boolean): Promise<void> {
  await insist(patient, (engine) => engine.grant(patient, UNITS, { patient }));
  for (let visit = 1; isOpen(); visit += 1) {
    const appointment = patient * 100_000 + visit;
    const booking = { patient, doctor: DOCTOR_OF_ALL, scheduledAt: 0 };
    await insist(patient, (engine) => engine.book(appointment, booking));
    const start = await insist(patient, (engine) => engine.start(appointment, patient));
    if (start.kind === 'refused') throw new Error(`a start was refused: ${start.code}`);
    const { id } = start.session.session;
    journal.sessions.set(id, { lastActivityMs: 0 });
    for (let step = 1; step <= 6 && isOpen(); step += 1)
      if ((await takeStep(step, { patient, appointment, session: id }, insist, journal)) === 'over') break;
    const end = await insist(patient, (engine) => engine.end(appointment, patient));
    if (end.kind === 'refused') throw new Error(`an end was refused: ${end.code}`);
    journal.ended.add(id);
  }
}

interface Visit {
  readonly patient: number;
  readonly appointment: number;
  readonly session: number;
}

async function takeStep(
  step: number,
  visit: Visit,
  insist: Insist,
  journal: Journal,
): Promise<'on' | 'over'> {
  const { patient, appointment, session } = visit;
  const name = randomUUID();
  if (step === 3) {
    const adjusted = await insist(patient, (engine) => engine.adjust(patient, 1, name));
    if (adjusted.kind === 'refused') throw new Error(`an adjustment was refused: ${adjusted.code}`);
    journal.adjustments.add(name);
    return 'on';
  }
  if (step % 2 === 1) {
    const sent = await insist(patient, (engine) => engine.send(appointment, patient, 'How are you?', name));
    if (sent.kind === 'refused') return overOrThrow(sent.code);
    journal.messages.add(name);
    return 'on';
  }
  const written = await insist(patient, (engine) => engine.write(appointment, patient));
  if (written.kind === 'refused') return overOrThrow(written.code);
  journal.sessions.set(session, { lastActivityMs: written.lastActivityAt });
  return 'on';
}

/** While the database was away, a session in which nobody wrote has come to its end. */
function overOrThrow(code: string): 'over' {
  if (code !== 'session_ended') throw new Error(`a message was refused: ${code}`);
  return 'over';
}

/** The sweep of a worker, without its grace. */
async function sweepUntil(processes: readonly Process[], isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    // The next round comes anyway.
    for (const process of processes) await process.sweepPage(100, null).catch(() => {});
    await pause(SWEEP_EVERY_MS);
  }
}
