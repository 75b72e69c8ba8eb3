import { describe, expect, test } from 'vitest';
import type { SessionEvent } from '../../tools/demo/answers.ts';
import { RefusedError } from '../../tools/demo/caller.ts';
import { castStory } from '../../tools/demo/casting.ts';
import { createChronicle } from '../../tools/demo/chronicle.ts';
import type { Office, Phone } from '../../tools/demo/clinic.ts';
import { TooBusyError, perform } from '../../tools/demo/perform.ts';
import { patientEnds } from '../../tools/demo/stories/patient-ends.ts';
import { watchSessions } from '../../tools/demo/watch-sessions.ts';
import { createWitness } from '../../tools/demo/witness.ts';
import { createWorkerSeat } from '../../tools/demo/worker-seat.ts';
import type { Member } from '../../src/standalone/process-group.ts';

const NOBODY_STOPS = new AbortController().signal;
const unasked = (): Promise<never> => Promise.reject(new Error('nobody should ask for this'));
const closedOffice: Office = { sell: unasked, book: unasked, events: unasked, ledger: unasked };
const chronicle = createChronicle(() => {});

function performWith(write: Phone['write'], startMs: number): Promise<void> {
  const phone: Phone = { write, start: unasked, end: unasked, askForDeduction: unasked, status: unasked };
  const play = {
    casting: castStory(patientEnds, 1),
    phones: { patient: phone, doctor: phone },
    witness: createWitness(),
  };
  return perform(play, startMs, closedOffice, chronicle, NOBODY_STOPS);
}

describe('acting out a story of the demo', () => {
  test('blames the machine for an act that comes too late to be what it was meant to be', async () => {
    const startMs = Date.now() - 2_000;

    await expect(performWith(async () => Date.now(), startMs)).rejects.toThrow(TooBusyError);
  });

  test('blames the machine where the API refuses an act that came too late', async () => {
    const refuse = () => Promise.reject(new RefusedError('session_ended'));

    await expect(performWith(refuse, Date.now() - 2_000)).rejects.toThrow(TooBusyError);
  });

  test('passes on a refusal of an act that came in time', async () => {
    const refuse = () => Promise.reject(new RefusedError('session_ended'));

    await expect(performWith(refuse, Date.now() - 300)).rejects.toThrow(RefusedError);
  });
});

describe('watching the sessions of the demo', () => {
  const at = '2026-11-01T09:00:00.000Z';
  const event = (event_no: number, type: string): SessionEvent => ({
    event_no,
    type,
    effective_at: at,
    recorded_at: at,
    actor_role: 'patient',
    data: {},
  });

  test('tells each event once and stops when the session has ended', async () => {
    const answers = [[event(1, 'started')], [event(1, 'started'), event(2, 'message'), event(3, 'ended')]];
    const lines: string[] = [];
    const told = createChronicle((line) => lines.push(line));
    told.begin(Date.parse(at));
    await watchSessions([{ no: 7, sessionId: 1 }], async () => answers.shift() ?? [], told, {
      giveUpAfterMs: 5_000,
      halted: NOBODY_STOPS,
    });

    expect(lines).toEqual([
      '    0.000 s  7  the patient starts the session',
      '    0.000 s  7  the patient writes',
      '    0.000 s  7  the session ends: no reason',
    ]);
  });

  test('gives up a session that never ends', async () => {
    const watching = watchSessions([{ no: 7, sessionId: 1 }], async () => [event(1, 'started')], chronicle, {
      giveUpAfterMs: 100,
      halted: NOBODY_STOPS,
    });

    await expect(watching).resolves.toBeUndefined();
  });
});

describe('the worker of the demo', () => {
  function hire(): { member: Member; die: () => void } {
    const { promise: ended, resolve } = Promise.withResolvers<string>();
    const die = (): void => resolve('exit code 1');
    return { member: { name: 'a worker', ended, stop: async () => die() }, die };
  }

  test('may be sent away and come back without the demo having failed, and fails it by dying', async () => {
    const workers = [hire(), hire()];
    const seat = createWorkerSeat(() => workers.shift()?.member ?? hire().member);
    const second = workers[1];
    let failed: string | undefined;
    const watching = seat.member.ended.then((how) => {
      failed = how;
      return how;
    });
    seat.arrive();
    await seat.leave();
    seat.arrive();

    expect(failed).toBeUndefined();
    second?.die();
    expect(await watching).toBe('exit code 1');
  });
});
