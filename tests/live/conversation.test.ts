/** What the two people in a chat get over `/api/live`, whichever process does what, on both buses. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRedis, type TestRedis } from '../../tools/kit/redis.ts';
import { DOCTOR, PATIENT } from '../engine/clinic.ts';
import {
  adminToken,
  type Api,
  type FollowedClinic,
  following,
  openFollowedClinic,
  openSocket,
  token,
} from './followed-clinic.ts';

const soon = { timeout: 5_000, interval: 5 };

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

describe.each(['PostgreSQL', 'Redis'] as const)('over a bus on %s', (bus) => {
  let clinic: FollowedClinic;
  let first: Api;
  let second: Api;
  beforeAll(async () => {
    clinic = await openFollowedClinic(bus === 'Redis' ? redis.url : null);
    first = await clinic.openApi();
    second = await clinic.openApi();
  });
  afterAll(() => clinic.close());

  test('patient and doctor on two APIs, and the events route, read one log from 1 on, whichever process wrote it', async () => {
    const worker = await clinic.openWorker();
    await clinic.at(0);
    await clinic.grant(1, 3);
    await clinic.book(1);
    const patient = await following(first, PATIENT, 1);
    const doctor = await following(second, DOCTOR, 1);

    await first.start(1, PATIENT);
    await second.send(1, DOCTOR, 'Good morning');
    await first.send(1, PATIENT, 'Good morning, doctor');
    await clinic.at(20);
    await worker.sweep();
    await clinic.at(24);
    await second.end(1, DOCTOR);
    await first.refund(
      Number(
        (await clinic.sql.query(`SELECT max(id) AS id FROM ledger_entries WHERE kind = 'charge'`)).rows[0].id,
      ),
    );

    const types = [
      'session.started',
      'activity',
      'message.created',
      'activity',
      'message.created',
      'deduction',
      'deduction',
      'low_balance',
      'deduction',
      'session.ended',
      'refund',
    ];
    await expect
      .poll(() => patient.events(1).map(({ type }) => type), { ...soon, timeout: 15_000 })
      .toEqual(types);
    await expect
      .poll(() => doctor.events(1).map(({ n }) => n), { ...soon, timeout: 15_000 })
      .toEqual(types.map((_type, index) => index + 1));
    const answer = await fetch(`${first.url}/text-appointments/1/events`, {
      headers: { authorization: `Bearer ${token(PATIENT)}` },
    });
    const { data } = Object(await answer.json());
    expect(data).toMatchObject({ head: types.length, next_after: types.length });
    expect(patient.events(1)).toEqual(data.events);
    expect(doctor.events(1)).toEqual(data.events);
    expect(data.events.at(-2).data).toEqual({
      ended_at: '2026-11-22T09:24:00.000Z',
      reason: 'manual_end',
      sessions_deducted: 1,
      total_sessions_used: 3,
    });
    await expect
      .poll(() => Object(patient.ofType('state').at(-1)?.['session']), { ...soon, timeout: 15_000 })
      .toMatchObject({
        is_ended: true,
        sessions_used: 2,
        event_no: types.length,
        message_no: 2,
        ends_at: null,
      });
    patient.close();
    doctor.close();
  });

  test('every event but a message is followed by a state that counts it, and no state is older than the one before', async () => {
    await clinic.at(0);
    await clinic.grant(2, 9);
    await clinic.book(2);
    const patient = await following(first, PATIENT, 2);
    await second.start(2, PATIENT);
    for (let count = 0; count < 20; count += 1)
      await second.send(2, count % 2 === 0 ? DOCTOR : PATIENT, `line ${count}`);
    await second.end(2, PATIENT);

    await expect.poll(() => Object(patient.ofType('state').at(-1)?.['session'])['event_no'], soon).toBe(24);
    await expect.poll(() => patient.events(2), soon).toHaveLength(24);
    let stated = 0;
    for (const [index, frame] of patient.frames.entries()) {
      if (frame.type === 'state') {
        const eventNo = Number(Object(frame['session'])['event_no']);
        expect(eventNo).toBeGreaterThanOrEqual(stated);
        stated = eventNo;
      }
      const event = Object(frame['event']);
      if (frame.type !== 'event' || event.type === 'message.created') continue;
      const later = patient.frames.slice(index).filter(({ type }) => type === 'state');
      expect(later.some(({ session }) => Number(Object(session)['event_no']) >= Number(event.n))).toBe(true);
    }
    patient.close();
  });

  test('a top-up in the last block tells both sides of the new end, without waiting for the next comparison', async () => {
    await clinic.at(0);
    await clinic.grant(3, 1);
    await clinic.book(3, { patient: 33, doctor: 34 });
    await clinic.grant(31, 1, { patient: 33 });
    const both = [await following(first, 33, 3), await following(second, 34, 3)];
    await first.start(3, 33);
    await first.send(3, 33, 'hello');
    for (const socket of both)
      await expect.poll(() => socket.events(3).map(({ type }) => type), soon).toContain('low_balance');
    const toppedUpMs = performance.now();
    await first.grant(31, 4, { patient: 33 });
    for (const socket of both)
      await expect
        .poll(() => Object(socket.ofType('state').at(-1)?.['session']), { timeout: 5_000, interval: 2 })
        .toMatchObject({ ends_at: '2026-11-22T09:40:00.000Z', ends_reason: 'balance_exhausted' });
    // The comparison with the database is made every ten seconds.
    expect(performance.now() - toppedUpMs).toBeLessThan(2_000);
    for (const socket of both) socket.close();
  });

  test('an administrator sees everything but the texts, and the notes that participants do not see', async () => {
    const admin = await openSocket(second.socketUrl);
    admin.send({ type: 'hello', token: adminToken(700), follow: [{ appointment_id: 1, after: 0 }] });
    await expect.poll(() => admin.events(1), soon).toHaveLength(11);

    const messages = admin.events(1).filter(({ type }) => type === 'message.created');
    expect(messages.map(({ data }) => Object(data['message'])['text'])).toEqual([null, null]);
    expect(admin.events(1).at(-1)).toMatchObject({ type: 'refund', data: { note: 'as agreed' } });
    admin.close();
  });
});
