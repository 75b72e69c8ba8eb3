import * as fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { counting, type Sample, serverTimeMs } from '../../src/client/clock.ts';
import type { Chat } from '../../src/client/create-client.ts';
import { warningOf } from '../../src/client/warning.ts';
import { at, event, pass, session, setStage, type Stage, START, state } from './stage.ts';

const asksOf = ({ requests }: Stage): number =>
  requests.filter(({ path }) => path.endsWith('/session-status')).length;
const leftMs = (chat: Chat): number => chat.timeLeft()?.ms ?? NaN;

/** What an ideal server shows: it has not slept and knows the time. */
const trueServer = { sleptMs: 0 };
const serverTime = (): string => new Date(START + performance.now() + trueServer.sleptMs).toISOString();

/** The device's wall clock is off by that much from now on. */
const shiftWall = (ms: number): void => {
  vi.setSystemTime(Date.now() + ms);
};

test('What is left is counted by the server, not by a device whose clock is a day off', async () => {
  const stage = setStage();
  shiftWall(86_400_000);
  await stage.goLive(session({ server_time: serverTime() }));
  expect(leftMs(stage.chat)).toBeCloseTo(600_000, -2);
  expect(stage.chat.timeLeft()).toMatchObject({ until: at(600_000), reason: 'no_activity' });
  await pass(60_000);
  expect(leftMs(stage.chat)).toBeCloseTo(540_000, -2);
});

test.each<[string, (wallMs: number) => void, number]>([
  ['a wall clock that jumps by an hour', () => shiftWall(3_600_000), 0],
  ['a wall clock that jumps back by an hour', () => shiftWall(-3_600_000), 0],
  [
    'a sleep of a minute, in which performance.now() stood still',
    () => {
      trueServer.sleptMs = 60_000;
      shiftWall(60_000);
    },
    60_000,
  ],
])(
  'After %s the time left is right again within a second, off by half the way at most',
  async (_what, disturb, sleptMs) => {
    onTestFinished(() => {
      trueServer.sleptMs = 0;
    });
    const stage = setStage();
    await stage.goLive(session({ server_time: serverTime() }));
    await pass(10_000);
    disturb(0);
    expect(stage.chat.timeLeft()).toBeNull();
    await pass(500);
    expect(asksOf(stage)).toBe(1);
    const answered = session({ server_time: serverTime() });
    await pass(200);
    await stage.request().succeed(answered);
    const trueMs = 600_000 - performance.now() - sleptMs;
    expect(Math.abs(leftMs(stage.chat) - trueMs)).toBeLessThanOrEqual(200 / 2 + 100);
    expect(performance.now()).toBeLessThanOrEqual(11_000);
  },
);

test('What a long poll answers tells no time: nobody knows how long it has waited', async () => {
  const stage = setStage();
  for (let sockets = 1; sockets <= 3; sockets += 1) await pass(11_000);
  await stage.request().succeed({ events: [], next_after: 0, head: 0, session: session() });
  await pass(250);
  const poll = stage.request();
  shiftWall(3_600_000);
  await pass(1_000);
  expect(asksOf(stage)).toBe(1);
  await poll.refuse(503, 'unavailable');
  await pass(1_250);
  const first = stage.requests.findLast(({ path }) => path.includes('/events?'));
  expect(first?.path).toMatch(/wait=0$/);
  await first?.succeed({
    events: [],
    next_after: 0,
    head: 0,
    session: session({ server_time: serverTime() }),
  });
  expect(stage.chat.timeLeft()).not.toBeNull();
  shiftWall(7_200_000);
  await pass(500);
  const hanging = stage.requests.findLast(({ path }) => path.includes('/events?'));
  expect(hanging?.path).toMatch(/wait=25$/);
  await pass(10_000);
  await hanging?.succeed({
    events: [],
    next_after: 0,
    head: 0,
    session: session({ server_time: serverTime() }),
  });
  expect(stage.chat.timeLeft()).toBeNull();
});

test('A clock that went on evenly keeps its samples, and asks again before they are five minutes old', async () => {
  const stage = setStage();
  const socket = await stage.goLive();
  for (let second = 0; second < 239; second += 1) {
    socket.receive(state(session()));
    await pass(1_000);
  }
  expect(asksOf(stage)).toBe(0);
  await pass(2_000);
  expect(asksOf(stage)).toBe(1);
});

test('At 0 it shows 0, asks, and ends nothing by itself', async () => {
  const stage = setStage();
  const socket = await stage.goLive(session({ ends_at: at(2_000) }));
  await pass(1_750);
  expect(asksOf(stage)).toBe(0);
  await pass(1_000);
  expect(leftMs(stage.chat)).toBe(0);
  expect(stage.chat.get().session?.is_active).toBe(true);
  expect(asksOf(stage)).toBe(1);
  await stage.request().succeed(session({ ends_at: at(2_000) }));
  await pass(2_500);
  expect(asksOf(stage)).toBe(2);
  await stage.request().succeed(session({ ends_at: at(900_000) }));
  expect(leftMs(stage.chat)).toBeGreaterThan(890_000);
  socket.receive(state(session({ is_active: false, is_ended: true, ends_at: null, event_no: 9 })));
  expect(stage.chat.timeLeft()).toBeNull();
});

test('The end is announced 60 seconds before, by time alone, and withdrawn when it moves', async () => {
  const stage = setStage();
  const heard = vi.fn<() => void>();
  const socket = await stage.goLive(session({ ends_at: at(65_000) }));
  stage.chat.subscribe(heard);
  await pass(4_750);
  expect(stage.chat.get().warning).toBeNull();
  await pass(500);
  expect(stage.chat.get().warning).toBe('ending_soon');
  expect(heard).toHaveBeenCalledTimes(1);
  socket.receive(state(session({ ends_at: at(700_000) })));
  expect(stage.chat.get().warning).toBeNull();
});

test('The last unit is announced by the event, and withdrawn by a top-up', async () => {
  const stage = setStage();
  const socket = await stage.goLive();
  expect(stage.chat.get().warning).toBeNull();
  socket.deliver(event(1, 'low_balance', { funded_until: at(600_000) }));
  expect(stage.chat.get().warning).toBe('low_balance');
  const last = { event_no: 1, next_deduction_at: at(600_000), funded_until: at(600_000) };
  socket.receive(state(session(last)));
  expect(stage.chat.get().warning).toBe('low_balance');
  socket.receive(state(session({ ...last, funded_until: at(1_200_000) })));
  expect(stage.chat.get().warning).toBeNull();
});

test('A chat that is closed asks nothing and warns of nothing', async () => {
  const stage = setStage();
  await stage.goLive(session({ ends_at: at(61_000) }));
  stage.chat.close();
  await pass(120_000);
  expect(asksOf(stage)).toBe(0);
});

test.each<[string, ReturnType<typeof warningOf>, Parameters<typeof warningOf>]>([
  ['no session', null, [null, 0, START, null]],
  ['an ended one', null, [session({ is_active: false }), 9, START, 'ending_soon']],
  ['61 seconds left', null, [session({ ends_at: at(61_000) }), 0, START, null]],
  ['60 seconds left', 'ending_soon', [session({ ends_at: at(60_000) }), 0, START, null]],
  ['an end that is over', 'ending_soon', [session({ ends_at: at(-1) }), 0, START, null]],
  ['no end', null, [session({ ends_at: null }), 0, START, null]],
  ['an unknown time, warned before', 'ending_soon', [session(), 0, null, 'ending_soon']],
  ['an unknown time, not warned before', null, [session(), 0, null, null]],
  ['funds until the next deduction', 'low_balance', [session({ funded_until: at(600_000) }), 0, START, null]],
  ['funds beyond it', null, [session(), 0, START, 'low_balance']],
  ['a newer event of low balance', 'low_balance', [session({ event_no: 3 }), 4, START, null]],
  ['an older one', null, [session({ event_no: 4 }), 4, START, null]],
  ['both', 'ending_soon', [session({ funded_until: at(600_000), ends_at: at(1) }), 0, START, null]],
])('With %s the warning is %s', (_what, expected, given) => {
  expect(warningOf(...given)).toBe(expected);
});

test('The sample with the shortest way of the last five minutes counts; where all are older, the last', () => {
  const sample = (steadyMs: number, wayMs: number, errorMs = 0, skewMs = 0): Sample => ({
    steadyMs,
    skewMs,
    receivedMs: steadyMs + wayMs,
    serverMs: START + steadyMs + wayMs / 2 + errorMs,
  });
  const nowAt = (steadyMs: number, skewMs = 0) => ({ steadyMs, skewMs });
  const samples = [sample(0, 50, 1), sample(60_000, 300, 2), sample(120_000, 200, 3)];
  const errorAt = (steadyMs: number): number => {
    const now = nowAt(steadyMs);
    return (serverTimeMs(counting(samples, now), now) ?? NaN) - START - steadyMs;
  };
  expect([130_000, 299_000, 301_000, 900_000].map(errorAt)).toEqual([1, 1, 3, 3]);
  expect(counting(samples, nowAt(130_000, 1_000))).toHaveLength(3);
  expect(counting(samples, nowAt(130_000, 1_001))).toEqual([]);
  expect(serverTimeMs([], nowAt(0))).toBeNull();
});

test('Whatever the way of the answers, the time is off by half of the shortest way at most', () => {
  const exchange = fc.record({
    out: fc.integer({ min: 0, max: 4_000 }),
    back: fc.integer({ min: 0, max: 4_000 }),
  });
  fc.assert(
    fc.property(
      fc.array(exchange, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: -1e9, max: 1e9 }),
      (exchanges, skewMs) => {
        let steadyMs = 0;
        const samples = exchanges.map(({ out, back }): Sample => {
          const sentMs = steadyMs;
          steadyMs += out + back;
          return { steadyMs: sentMs, skewMs, receivedMs: steadyMs, serverMs: START + sentMs + out };
        });
        const now = { steadyMs, skewMs };
        const offMs = (serverTimeMs(counting(samples, now), now) ?? NaN) - (START + steadyMs);
        const shortest = Math.min(...exchanges.map(({ out, back }) => out + back));
        expect(Math.abs(offMs)).toBeLessThanOrEqual(shortest / 2);
      },
    ),
  );
});
