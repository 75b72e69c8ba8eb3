/** What a client costs that takes what it is sent slowly, or not at all. */
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PATIENT, started } from '../engine/clinic.ts';
import { type Api, type FollowedClinic, openFollowedClinic, token, until } from './followed-clinic.ts';
import { frameOf, openRaw, openReader, UPGRADE } from './raw-socket.ts';

/** More than the buffers of the system between two sockets of one machine, which may grow to ten MB. */
const MESSAGES = 2_000;
const BYTES_OF_TEXT = 12_000;
/** A tenth of the real one, and so the slow reader of 80 kB/s is ten times as fast here. */
const STALLED_MS = 3_000;
const SLOWEST_BYTES_PER_MS = 800;

let clinic: FollowedClinic;
let api: Api;
beforeAll(async () => {
  clinic = await openFollowedClinic();
  api = await clinic.openApi({ liveStalledMs: STALLED_MS });
  await clinic.grant(1, 9);
  await clinic.book(1);
  const session = await started(clinic, 1);
  await clinic.sql.query(
    `INSERT INTO messages (session_id, message_no, client_message_id, sender_id, sender_role, sent_at, text)
     SELECT $1, n, gen_random_uuid(), $2, 'patient', session_clock(), repeat('€', $3) FROM generate_series(1, $4::integer) AS n`,
    [session, PATIENT, BYTES_OF_TEXT / 3, MESSAGES],
  );
  await clinic.sql.query(
    `INSERT INTO session_events (session_id, event_no, type, effective_at, recorded_at, actor_role, actor_id, data)
     SELECT $1, n + 1, 'message', session_clock(), session_clock(), 'patient', $2, jsonb_build_object('message_no', n)
     FROM generate_series(1, $3::integer) AS n`,
    [session, PATIENT, MESSAGES],
  );
  await clinic.sql.query(
    'UPDATE text_appointment_sessions SET event_count = $2, message_count = $3 WHERE id = $1',
    [session, MESSAGES + 1, MESSAGES],
  );
});
afterAll(() => clinic.close());

const HELLO = { type: 'hello', token: token(PATIENT), follow: [{ appointment_id: 1, after: 0 }] };

async function openFollower(): Promise<Socket> {
  const socket = await openRaw(api.port);
  socket.write(Buffer.concat([Buffer.from(UPGRADE), frameOf(HELLO)]));
  return socket;
}

describe('a reader', () => {
  test('that takes nothing has less than a page in our memory, and is closed once its buffer has not moved for long', async () => {
    const sockets = api.sockets();
    const socket = await openFollower();
    await until(() => api.sockets() === sockets + 1, 10_000);
    let heldBytes = api.heldBytes();
    let movedAtMs = performance.now();
    let mostBytes = 0;
    // What was read for it and is in no socket yet, and when that last changed.
    while (api.sockets() > sockets) {
      const held = api.heldBytes();
      if (held !== heldBytes) movedAtMs = performance.now();
      heldBytes = held;
      mostBytes = Math.max(mostBytes, held);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(performance.now() - movedAtMs).toBeGreaterThan(STALLED_MS - 100);
    expect(api.closeCodes().at(-1)).toBe(4411);
    // 64 KiB and the message that went over it.
    expect(mostBytes).toBeLessThan(64 * 1024 + 2 * BYTES_OF_TEXT);
    socket.destroy();
  });

  test('that is slow, and takes something all the time, is never closed and gets everything', async () => {
    const socket = await openFollower();
    const reader = openReader();
    const startedAtMs = performance.now();
    let taken = 0;
    const events = (): number => reader.frames.filter(({ type }) => type === 'event').length;
    while (events() < MESSAGES + 1) {
      const allowed = (performance.now() - startedAtMs) * SLOWEST_BYTES_PER_MS;
      const chunk: unknown = taken < allowed ? socket.read() : null;
      if (Buffer.isBuffer(chunk)) {
        taken += chunk.length;
        reader.take(chunk);
      } else await new Promise((resolve) => setTimeout(resolve, 5));
      if (socket.destroyed) break;
    }
    expect(reader.close()).toBeNull();
    const numbers = reader.frames.flatMap(({ type, event }) => (type === 'event' ? [Object(event).n] : []));
    expect(numbers).toEqual(Array.from({ length: MESSAGES + 1 }, (_, index) => index + 1));
    // It was slow enough to have been closed several times over.
    expect(performance.now() - startedAtMs).toBeGreaterThan(3 * STALLED_MS);
    socket.destroy();
  });
});
