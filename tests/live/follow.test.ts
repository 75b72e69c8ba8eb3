/** What a follow over `/api/live` is answered. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PATIENT } from '../engine/clinic.ts';
import { type Api, type FollowedClinic, openFollowedClinic, openSocket, token } from './followed-clinic.ts';

const soon = { timeout: 5_000, interval: 5 };

describe('a follow', () => {
  let clinic: FollowedClinic;
  let api: Api;
  beforeAll(async () => {
    clinic = await openFollowedClinic();
    api = await clinic.openApi();
    await clinic.grant(1, 9);
    await clinic.book(1);
  });
  afterAll(() => clinic.close());
  const hello = async (user: number, follow: object[] = []) => {
    const socket = await openSocket(api.socketUrl);
    socket.send({ type: 'hello', token: token(user), follow });
    return socket;
  };

  test('is welcomed, told where it stands, and answers a ping', async () => {
    const socket = await hello(PATIENT, [{ appointment_id: 1, after: 0 }]);
    socket.send({ type: 'ping', id: 7 });
    await expect
      .poll(() => socket.frames.map(({ type }) => type), soon)
      .toEqual(['welcome', 'following', 'pong']);
    expect(socket.frames[0]).toMatchObject({ user_id: PATIENT, ping_seconds: 25, idle_seconds: 75 });
    expect(socket.frames[1]).toMatchObject({
      appointment_id: 1,
      after: 0,
      head: 0,
      session: { is_active: false },
    });
    expect(socket.frames[2]).toEqual({ type: 'pong', id: 7 });
    socket.close();
  });

  test.each([
    [{ appointment_id: 999, after: 0 }, 'appointment_not_found', {}],
    [{ appointment_id: 1, after: 5 }, 'cursor_ahead', { head: 0 }],
  ])('of %j is refused, and the socket stays', async (follow, code, data) => {
    const socket = await hello(PATIENT, [follow]);
    await expect.poll(() => socket.ofType('refused'), soon).toMatchObject([{ code, data }]);
    socket.send({ type: 'ping', id: 1 });
    await expect.poll(() => socket.ofType('pong'), soon).toHaveLength(1);
    socket.close();
  });

  test('of a stranger is refused', async () => {
    const socket = await hello(4_711, [{ appointment_id: 1, after: 0 }]);
    await expect.poll(() => socket.ofType('refused'), soon).toMatchObject([{ code: 'not_a_participant' }]);
    socket.close();
  });

  test('is refused where the socket has fifty already, until one of them is given up', async () => {
    for (let id = 100; id < 151; id += 1) await clinic.book(id);
    const socket = await hello(
      PATIENT,
      Array.from({ length: 51 }, (_, i) => ({ appointment_id: 100 + i, after: 0 })),
    );
    await expect.poll(() => socket.ofType('following'), soon).toHaveLength(50);
    expect(socket.ofType('refused')).toMatchObject([{ code: 'follow_limit' }]);
    socket.send({ type: 'unfollow', appointment_id: 100 });
    socket.send({ type: 'unfollow', appointment_id: 12_345 });
    socket.send({ type: 'follow', appointment_id: 150, after: 0 });
    await expect.poll(() => socket.ofType('following'), soon).toHaveLength(51);
    expect(socket.ofType('unfollowed').map((frame) => frame['appointment_id'])).toEqual([100, 12_345]);
    socket.close();
  });

  test('ends with the next token where the user takes no part any more', async () => {
    await clinic.book(2, { patient: PATIENT, doctor: 801 });
    const socket = await hello(801, [{ appointment_id: 2, after: 0 }]);
    await expect.poll(() => socket.ofType('following'), soon).toHaveLength(1);
    await clinic.book(2, { patient: PATIENT, doctor: 802 });
    socket.send({ type: 'token', token: token(801) });
    await expect
      .poll(() => socket.frames.slice(2).map(({ type }) => type), soon)
      .toEqual(['refused', 'token']);
    expect(socket.ofType('refused')).toMatchObject([{ appointment_id: 2, code: 'not_a_participant' }]);
    socket.close();
  });
});
