/** What an app gets that asks the events route and waits. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DOCTOR, PATIENT } from '../engine/clinic.ts';
import {
  adminToken,
  type Api,
  askEvents,
  type FollowedClinic,
  following,
  openFollowedClinic,
  token,
} from './followed-clinic.ts';

let clinic: FollowedClinic;
let first: Api;
let second: Api;
beforeAll(async () => {
  clinic = await openFollowedClinic();
  first = await clinic.openApi();
  second = await clinic.openApi();
  await clinic.grant(1, 50);
  for (let id = 1; id <= 6; id += 1) await clinic.book(id);
  await first.start(1, PATIENT);
  await first.send(1, DOCTOR, 'Good morning');
});
afterAll(() => clinic.close());

/** How long the work took, with what it gave. */
async function timed<T>(work: Promise<T>): Promise<T & { readonly tookMs: number }> {
  const startedAtMs = performance.now();
  const result = await work;
  return { ...result, tookMs: performance.now() - startedAtMs };
}

/** Asked, and known to be waiting: what is written from now on is what wakes it. */
async function waiting(api: Api, appointment: number, query: string) {
  const before = api.watchers();
  const answer = timed(askEvents(api, appointment, query));
  await expect.poll(api.watchers, { timeout: 10_000, interval: 5 }).toBe(before + 1);
  return { answer };
}

describe('a request that waits', () => {
  test('is answered within a moment of what another process commits', async () => {
    const { answer } = await waiting(first, 1, 'after=3&wait=25');
    await second.send(1, DOCTOR, 'How are you?');
    const committedAtMs = performance.now();
    const { status, data } = await answer;
    const afterMs = performance.now() - committedAtMs;

    expect(status).toBe(200);
    expect(data).toMatchObject({ next_after: 4, head: 4, events: [{ n: 4, type: 'message.created' }] });
    // The comparison with the database is made every ten seconds.
    expect(afterMs).toBeLessThan(2_000);
  });

  test('is answered at once where there is something to tell already', async () => {
    const { data, tookMs } = await timed(askEvents(first, 1, 'after=0&limit=2&wait=25'));
    expect(data).toMatchObject({ next_after: 2, events: [{ n: 1 }, { n: 2 }] });
    expect(tookMs).toBeLessThan(5_000);
  });

  test('is answered with no events after its time, and not before', async () => {
    const { status, data, tookMs } = await timed(askEvents(first, 1, 'after=4&wait=1'));
    expect(status).toBe(200);
    expect(data).toMatchObject({ events: [], next_after: 4, head: 4, session: { is_active: true } });
    expect(tookMs).toBeGreaterThanOrEqual(990);
    expect(tookMs).toBeLessThan(5_000);
  });

  test('waits for a session that is yet to start', async () => {
    const before = await askEvents(first, 2, 'after=0');
    expect(before).toMatchObject({ status: 200, data: { events: [], head: 0, next_after: 0 } });
    const { answer } = await waiting(first, 2, 'wait=25');
    await second.start(2, PATIENT);
    expect((await answer).data).toMatchObject({ head: 1, events: [{ n: 1, type: 'session.started' }] });
  });

  test('is answered within 12 s where nothing hurries it', async () => {
    const silent = await clinic.openApi({}, { tamper: () => null });
    const { answer } = await waiting(first, 1, 'after=4&wait=25');
    await silent.send(1, DOCTOR, 'Still there?');
    const { data, tookMs } = await answer;
    expect(data).toMatchObject({ events: [{ n: 5 }] });
    expect(tookMs).toBeLessThan(12_000 + 1_000);
  });
});

describe('what is refused', () => {
  test.each([
    'wait=26',
    'wait=-1',
    'wait=1.5',
    'wait=a',
    'wait=',
    'wait=05',
    'limit=0',
    'limit=201',
    'limit=a',
    'after=-1',
    'after=1.5',
    'after=a',
    'after=',
    'after=99999999999999999999',
    'after=1&after=2',
    'since=1',
    'after=0&cursor=1',
  ])('%s: 422', async (query) => {
    const { status, body } = await askEvents(first, 1, query);
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'validation_failed' });
  });

  test.each(['wait=0', 'wait=9', 'wait=10', 'wait=19', 'wait=20', 'wait=25', 'limit=1', 'limit=200'])(
    'not %s',
    async (query) => {
      expect((await askEvents(first, 1, query)).status).toBe(200);
    },
  );

  test('a cursor that is ahead of the log: 409 with the head, and nobody waits', async () => {
    const { status, body, data } = await askEvents(first, 1, 'after=77&wait=25');
    expect({ status, code: body.code, data }).toEqual({
      status: 409,
      code: 'cursor_ahead',
      data: { head: 5 },
    });
    expect(await askEvents(first, 3, 'after=1')).toMatchObject({ status: 409, data: { head: 0 } });
  });

  test('an appointment that is not there, and one of others', async () => {
    expect(await askEvents(first, 999, '')).toMatchObject({
      status: 404,
      body: { code: 'appointment_not_found' },
    });
    expect(await askEvents(first, 1, '', token(4_711))).toMatchObject({
      status: 403,
      body: { code: 'not_a_participant' },
    });
  });
});

test('an administrator reads everything but the texts', async () => {
  const { data } = await askEvents(first, 1, 'after=2&limit=1', adminToken(7));
  expect(data.events[0].data.message).toMatchObject({ message_no: 1, text: null, sender_role: 'doctor' });
});

test('reading writes nothing: what is due is not in the log, and the session shows its effect', async () => {
  await first.start(4, PATIENT);
  await first.send(4, PATIENT, 'hello');
  const { head } = (await askEvents(first, 4, '')).data;
  await clinic.at(12);
  const { data } = await askEvents(first, 4, `after=${head}`);
  expect(data).toMatchObject({ events: [], head, session: { sessions_used: 1 } });
  await clinic.at(0);
});

describe('of one user in one process', () => {
  test('ten wait and the eleventh is told to come again; a place is free where one went away', async () => {
    const gone = new AbortController();
    const bearer = token(PATIENT);
    const ten = Array.from({ length: 9 }, () => askEvents(first, 5, 'wait=25', bearer));
    const leaving = askEvents(first, 5, 'wait=25', bearer, gone.signal).catch(() => 'gone');
    await expect
      .poll(async () => (await askEvents(first, 5, 'wait=1', bearer)).status, {
        timeout: 20_000,
        interval: 50,
      })
      .toBe(429);
    const refused = await askEvents(first, 5, 'wait=25', bearer);
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    // Another user, another process, and who does not wait are none of these ten.
    expect((await askEvents(first, 5, 'wait=1', token(DOCTOR))).status).toBe(200);
    expect((await askEvents(second, 5, 'wait=1', bearer)).status).toBe(200);
    expect((await askEvents(first, 5, 'wait=0', bearer)).status).toBe(200);

    gone.abort();
    expect(await leaving).toBe('gone');
    await expect
      .poll(async () => (await askEvents(first, 5, 'wait=1', bearer)).status, {
        timeout: 10_000,
        interval: 50,
      })
      .toBe(200);
    await first.start(5, PATIENT);
    expect((await Promise.all(ten)).map(({ status }) => status)).toEqual(Array(9).fill(200));
  });
});

describe('at a stop', () => {
  test('a request that waits is answered at once, before the sockets are closed one after the other', async () => {
    const stopping = await clinic.openApi({ liveDrainMs: 4_000 });
    const sockets = await Promise.all([101, 201].map((user) => following(stopping, user, 6)));
    const { answer } = await waiting(stopping, 6, 'wait=25');
    const startedAtMs = performance.now();
    const stopped = stopping.stop();
    const { status, data, headers } = await answer;
    expect(performance.now() - startedAtMs).toBeLessThan(3_000);
    expect({ status, events: data.events }).toEqual({ status: 200, events: [] });
    expect(headers.get('connection')).toBe('close');
    await Promise.all([stopped, ...sockets.map(({ closed }) => closed)]);
  });

  test('a request that waits when the signal comes is answered, and one that comes after it waits as ever', async () => {
    const stopping = await clinic.openApi();
    const { answer } = await waiting(stopping, 6, 'wait=25');
    const startedAtMs = performance.now();
    stopping.warn();
    expect((await answer).data.events).toEqual([]);
    expect(performance.now() - startedAtMs).toBeLessThan(5_000);
    expect((await timed(askEvents(stopping, 6, 'wait=1'))).tookMs).toBeGreaterThanOrEqual(990);
    await stopping.stop();
  });
});
