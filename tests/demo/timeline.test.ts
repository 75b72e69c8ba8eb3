import { homedir, tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { plainReason } from '../../tools/demo/plain-reason.ts';
import { createRecorder } from '../../tools/demo/recorder.ts';
import { takeSteps, TooBusyError } from '../../tools/demo/run-scenarios.ts';
import { fixtureOf } from '../../tools/demo/scenario.ts';
import { SIDE_BY_SIDE, WORKER_AWAY } from '../../tools/demo/scenarios.ts';
import { createTimeline, describeEvent, watchSessions } from '../../tools/demo/timeline.ts';
import type { SessionEvent } from '../../tools/kit/answers.ts';
import { openOffice } from '../../tools/kit/office.ts';
import { openPhone } from '../../tools/kit/phone.ts';
import { type Ask, RefusedError } from '../../tools/kit/replies.ts';

const AT = '2026-11-01T09:00:00.000Z';
const halted = new AbortController().signal;
const event = (event_no: number, type: string): SessionEvent => ({
  event_no,
  type,
  effective_at: AT,
  recorded_at: AT,
  actor_role: 'patient',
  data: {},
});

describe('what the demo shows while it runs', () => {
  test('comes in the order of time, with the seconds since the beginning, once', () => {
    const lines: string[] = [];
    const timeline = createTimeline((line) => lines.push(line));
    timeline.begin(1_000);
    timeline.tell(3_000, 2, 'second');
    timeline.tell(1_250, 1, 'first');
    timeline.tell(9_000, 1, 'not yet');
    timeline.print(5_000);
    timeline.print(5_000);

    expect(lines).toEqual(['    0.250 s  1  first', '    2.000 s  2  second']);
    timeline.print();
    expect(lines.at(-1)).toBe('    8.000 s  1  not yet');
  });

  test.each([
    ['deduction', 'system', { interval_no: 2, reason: 'interval' }, 'block 2 is complete: one unit is taken'],
    ['ended', 'doctor', { reason: 'manual_end' }, 'the doctor ends the session'],
    ['refund', 'system', { interval_no: 1, reason: 'doctor_no_response' }, 'block 1 is given back'],
    ['ended', 'system', { reason: 'something_new' }, 'the session ends: something_new'],
  ])('says in plain words what an event "%s" by the %s is: %j', (type, actor_role, data, words) => {
    expect(describeEvent({ ...event(1, type), actor_role, data })).toBe(words);
  });

  test('has each event once, until the session has ended or is given up', async () => {
    const answers = [[event(1, 'started')], [event(1, 'started'), event(2, 'message'), event(3, 'ended')]];
    const lines: string[] = [];
    const timeline = createTimeline((line) => lines.push(line));
    timeline.begin(Date.parse(AT));
    const sessions = [{ no: 7, sessionId: 1 }];
    await watchSessions(sessions, async () => answers.shift() ?? [], timeline, {
      giveUpAfterMs: 5_000,
      halted,
    });

    expect(lines).toEqual([
      '    0.000 s  7  the patient starts the session',
      '    0.000 s  7  the patient writes',
      '    0.000 s  7  the session ends: no reason',
    ]);
    await expect(
      watchSessions(sessions, async () => [event(1, 'started')], timeline, { giveUpAfterMs: 100, halted }),
    ).resolves.toBeUndefined();
  });

  test('holds no directory of this machine and no password', () => {
    const error = new Error(
      `no file ${tmpdir()}/x and ${homedir()}/y at postgresql://postgres:s3cret@127.0.0.1:5432/sessions`,
    );

    expect(plainReason(error)).toBe(
      'no file <temporary files>/x and ~/y at postgresql://postgres:...@127.0.0.1:5432/sessions',
    );
  });
});

describe('the steps of a scenario of the demo', () => {
  const [withSteps = WORKER_AWAY] = SIDE_BY_SIDE;
  const refuse: Ask = () =>
    Promise.resolve({ kind: 'refused', status: 409, code: 'session_ended', message: 'too late' });
  const accept: Ask = () =>
    Promise.resolve({
      kind: 'done',
      data: {
        success: true,
        data: {
          session_id: 1,
          message_no: 1,
          client_message_id: 'a',
          sent_at: new Date().toISOString(),
        },
      },
    });
  const takeWith = (ask: Ask, startMs: number): Promise<void> => {
    const phone = openPhone(ask, 1);
    const run = {
      fixture: fixtureOf(withSteps, 1),
      phones: { patient: phone, doctor: phone },
      recorder: createRecorder(),
    };
    return takeSteps(run, startMs, { office: openOffice(ask), timeline: createTimeline(() => {}), halted });
  };

  test.each([
    ['is accepted', accept],
    ['is refused', refuse],
  ])('blame the machine where one comes too late and %s', async (_how, ask) => {
    await expect(takeWith(ask, Date.now() - 2_000)).rejects.toThrow(TooBusyError);
  });

  test('pass on the refusal of one that came in time', async () => {
    await expect(takeWith(refuse, Date.now() - 300)).rejects.toThrow(RefusedError);
  });
});

describe('the recorder of the demo', () => {
  const clock = (...readings: number[]) => {
    const left = [...readings];
    return () => left.shift() ?? Number.NaN;
  };

  test('believes a server that dates a step between request and answer', async () => {
    const recorder = createRecorder(clock(1_000, 1_010));
    await recorder.note('start', async () => 1_010);

    expect(recorder.instants.get('start')).toBe(1_010);
    expect(recorder.complaints).toEqual([]);
  });

  test.each([999, 1_011])('complains of one that dates it at %i ms, sent 1000, answered 1010', async (at) => {
    const recorder = createRecorder(clock(1_000, 1_010));
    await recorder.note('start', async () => at);

    expect(recorder.complaints[0]).toContain('"start" is dated 1970-01-01T00:00:0');
  });
});
