/** A thousand followers whose connections are cut all the time, at any byte, while their sessions go on. */
import type { Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Random, randomFrom } from '../../tools/kit/random.ts';
import { type Api, type FollowedClinic, openFollowedClinic, token, until } from './followed-clinic.ts';
import { frameOf, openRaw, openReader, UPGRADE } from './raw-socket.ts';

const SESSIONS = 1_000;
const EVENTS_A_SECOND = 10;
const EVENTS = 200;
/** A connection lives this long at most, and may be cut before, inside a frame or between two. */
const CUT_AFTER_MS = [200, 2_000] as const;
const CUT_AFTER_BYTES = [1, 3_000] as const;

let clinic: FollowedClinic;
let api: Api;
/** Another process: what it writes reaches the followers over the bus. */
let writer: Api;
beforeAll(async () => {
  clinic = await openFollowedClinic();
  api = await clinic.openApi();
  writer = await clinic.openApi();
  const ids = Array.from({ length: SESSIONS }, (_id, index) => index + 1);
  await Promise.all(ids.map((id) => clinic.grant(id, 1, { patient: patientOf(id) })));
  await Promise.all(ids.map((id) => clinic.book(id, { patient: patientOf(id) })));
  await Promise.all(ids.map((id) => writer.start(id, patientOf(id))));
}, 60_000);
afterAll(() => clinic.close());

/** Each appointment has a patient of its own: nobody may have a thousand sockets. */
const patientOf = (appointment: number): number => 10_000 + appointment;

/** Follows one appointment over connections that are cut, and keeps the numbers of the events that it was told. */
function openFollower(appointment: number, random: Random) {
  const told: number[] = [];
  let cuts = 0;
  let isCutting = true;
  const closing = new AbortController();
  let socket: Socket | null = null;

  async function connectOnce(): Promise<void> {
    const reader = openReader();
    const connection = await openRaw(api.port);
    socket = connection;
    let bytesLeft = isCutting ? random.between(...CUT_AFTER_BYTES) : Infinity;
    let taken = 0;
    const cut = (): void => {
      if (isCutting) cuts += 1;
      connection.resetAndDestroy();
    };
    const timer = setTimeout(cut, isCutting ? random.between(...CUT_AFTER_MS) : 60_000);
    const closed = new Promise<void>((resolve) => {
      connection.once('close', () => resolve());
    });
    connection.on('data', (chunk: Buffer) => {
      const arrived = chunk.subarray(0, Math.min(chunk.length, bytesLeft));
      bytesLeft -= arrived.length;
      reader.take(arrived);
      for (const frame of reader.frames.slice(taken))
        if (frame['type'] === 'event') told.push(Object(frame['event']).n);
      taken = reader.frames.length;
      if (bytesLeft === 0) cut();
    });
    // It comes back with the last number that it has, as a phone does.
    const hello = {
      type: 'hello',
      token: token(patientOf(appointment)),
      follow: [{ appointment_id: appointment, after: told.at(-1) ?? 0 }],
    };
    connection.write(Buffer.concat([Buffer.from(UPGRADE), frameOf(hello)]));
    connection.resume();
    await closed;
    clearTimeout(timer);
  }

  async function follow(): Promise<void> {
    while (!closing.signal.aborted) await connectOnce();
  }
  const ended = follow();
  return {
    told,
    cuts: () => cuts,
    calmDown: () => {
      isCutting = false;
      socket?.resetAndDestroy();
    },
    close: async () => {
      closing.abort();
      socket?.destroy();
      await ended;
    },
  };
}

test('A thousand followers whose sockets are cut at any byte are told every event once and in order', async () => {
  const random = randomFrom(7, 'cuts');
  const followers = Array.from({ length: SESSIONS }, (_follower, index) => openFollower(index + 1, random));
  const written = new Map<number, number>();
  for (let count = 0; count < EVENTS; count += 1) {
    const nextMs = performance.now() + 1000 / EVENTS_A_SECOND;
    const appointment = random.between(1, SESSIONS);
    await writer.send(appointment, patientOf(appointment), `Message ${count}`);
    written.set(appointment, (written.get(appointment) ?? 0) + 1);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, nextMs - performance.now())));
  }
  for (const follower of followers) follower.calmDown();
  const { rows } = await clinic.sql.query<{ appointment_id: string; event_count: number }>(
    'SELECT appointment_id, event_count FROM text_appointment_sessions',
  );
  const logged = new Map(rows.map((row) => [Number(row.appointment_id), row.event_count]));
  const isTold = (appointment: number): boolean =>
    (followers[appointment - 1]?.told.length ?? 0) >= (logged.get(appointment) ?? Infinity);
  await until(() => [...logged.keys()].every(isTold), 60_000);
  for (const [appointment, count] of logged)
    expect(followers[appointment - 1]?.told).toEqual(Array.from({ length: count }, (_event, n) => n + 1));
  // The cuts were there, and the log grew while they were.
  expect(followers.reduce((sum, { cuts }) => sum + cuts(), 0)).toBeGreaterThan(SESSIONS * 3);
  expect([...written.values()].reduce((sum, count) => sum + count, 0)).toBe(EVENTS);
  await Promise.all(followers.map(({ close }) => close()));
}, 240_000);
