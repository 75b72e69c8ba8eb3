import { setTimeout as pause } from 'node:timers/promises';
import { untilReady } from '../../kit/product-program.ts';
import { fillWithSessions } from '../clinic/clinic-data.ts';
import type { Row } from '../figures.ts';
import { LIVE_SESSIONS, measureStatuses, pidOf } from '../load/activities.ts';
import { type Followers, openFollowers } from '../load/followers.ts';
import { type Sent, writeMessages } from '../load/messages.ts';
import type { Measure } from '../rig.ts';
import { summarise } from '../statistics.ts';
import { until } from '../until.ts';
import { residentMb } from './memory.ts';

const HOUR_MS = 3_600_000;
/** Started, and an activity of each side. */
const EVENTS_BEFORE = 3;
const LATENCY = { sessions: 100, perSecond: 100, seconds: { quick: 3, whole: 8 } };
const CROWD = {
  sockets: { quick: 400, whole: 10_000 },
  messagesPerSecond: 150,
  seconds: { quick: 3, whole: 10 },
};
const STATUSES = { clients: 8, rate: 100 };
const BACK_WITHIN_SECONDS = 30;
/** What has not come so long after it was written is lost. */
const LOST_AFTER_MS = 15_000;

/** How long a message takes from its sender's request at one API to the other person's socket at another. */
export const measureLiveLatency: Measure = async (rig, say, { rounds, isQuick }) => {
  const { sessions, perSecond, seconds } = LATENCY;
  const p50: number[] = [];
  const p99: number[] = [];
  const [first, second] = [await rig.start('src/server.ts'), await rig.start('src/server.ts')];
  await Promise.all([untilReady(first), untilReady(second)]);
  for (let round = 1; round <= rounds; round += 1) {
    await fillWithSessions(rig.sql, sessions, HOUR_MS);
    const followers = await openFollowers({
      ports: [second.port],
      count: sessions * 2,
      after: EVENTS_BEFORE,
    });
    const load = { port: first.port, sessions, perSecond, seconds: seconds[isQuick ? 'quick' : 'whole'] };
    const { latencies, lost } = await heard(followers, 2, () => writeMessages(load));
    await followers.close();
    if (lost > 0) throw new Error(`${lost} events did not come`);
    const lateness = summarise(latencies);
    p50.push(lateness.p50Ms);
    p99.push(lateness.p99Ms);
    say(`round ${round}: p50 ${lateness.p50Ms.toFixed(1)} ms, p99 ${lateness.p99Ms.toFixed(1)} ms`);
  }
  const row = { against: '–', unit: 'ms', floor: null, ratio: null };
  const what = 'from POST message to message.created, another process, 100/s';
  return [
    { ...row, what: `p50 ${what}`, ours: p50, aim: { of: 'value', most: 10 } },
    { ...row, what: `p99 ${what}`, ours: p99, aim: { of: 'value', most: 50 } },
  ];
};

/** Ten thousand sockets on one API: what they cost, how fast they hear, and how they come back from a stopped one. */
export const measureLiveSockets: Measure = async (rig, say, { isQuick }) => {
  const size = isQuick ? 'quick' : 'whole';
  const sockets = CROWD.sockets[size];
  const seconds = CROWD.seconds[size];
  await fillWithSessions(rig.sql, Math.max(LIVE_SESSIONS, sockets / 2), HOUR_MS);
  const api = await rig.start('src/server.ts');
  await untilReady(api);
  // Warm, so that what grows is for the sockets.
  await measureStatuses(api.port, { ...STATUSES, seconds: 2 });
  const before = await residentMb(pidOf(api));
  const other = await rig.start('src/server.ts');
  await untilReady(other);
  const followers = await openFollowers({
    ports: [api.port],
    count: sockets,
    after: EVENTS_BEFORE,
  });
  await pause(2_000);
  const kibEach = (((await residentMb(pidOf(api))) - before) * 1024) / sockets;
  say(`${sockets} sockets follow: ${kibEach.toFixed(1)} KiB each`);

  const load = { port: api.port, sessions: sockets / 2, perSecond: CROWD.messagesPerSecond, seconds };
  const statuses = measureStatuses(api.port, { ...STATUSES, seconds });
  const { latencies, lost } = await heard(followers, 2, () => writeMessages(load));
  const { p99Ms: statusMs } = await statuses;
  const fanOut = summarise(latencies);
  say(`fan-out p99 ${fanOut.p99Ms.toFixed(1)} ms, status p99 ${statusMs.toFixed(1)} ms, ${lost} lost`);
  await followers.close();
  const back = await measureReturn(rig, sockets, [api, other]);
  say(`all ${sockets} back ${back.toFixed(1)} s after the SIGTERM of one of two APIs`);
  return rowsOf(sockets, { kibEach, fanOutMs: fanOut.p99Ms, statusMs, lost, backSeconds: back });
};

/** Half of the sockets on each of two APIs, of which one is stopped: seconds until every one follows again. */
async function measureReturn(
  rig: Parameters<Measure>[0],
  sockets: number,
  [stopped, other]: readonly [Awaited<ReturnType<typeof rig.start>>, Awaited<ReturnType<typeof rig.start>>],
): Promise<number> {
  const heads = await rig.sql.query<{ head: number }>(
    `SELECT min(event_count) AS head FROM text_appointment_sessions`,
  );
  const after = heads.rows[0]?.head ?? 0;
  const followers = await openFollowers({ ports: [stopped.port, other.port], count: sockets, after });
  const startedAtMs = performance.now();
  const ended = stopped.stop();
  await until(() => Promise.resolve(followers.closes() >= sockets / 2 && followers.following() === sockets), {
    withinMs: 4 * BACK_WITHIN_SECONDS * 1000,
    everyMs: 10,
  });
  const seconds = (performance.now() - startedAtMs) / 1000;
  const back = followers.following();
  await Promise.all([ended, followers.close()]);
  if (back < sockets) throw new Error(`only ${back} of ${sockets} sockets came back`);
  return seconds;
}

/** Latencies of every message at every one of its followers, from the instant at which it was due to be sent. */
async function heard(
  followers: Followers,
  eachHeardBy: number,
  write: () => Promise<Sent>,
): Promise<{ readonly latencies: readonly number[]; readonly lost: number }> {
  const arrived: { readonly id: string; readonly atMs: number }[] = [];
  followers.onEvent(({ clientMessageId, atMs }) => {
    if (clientMessageId !== null) arrived.push({ id: clientMessageId, atMs });
  });
  const { dueAtMs } = await write();
  const expected = dueAtMs.size * eachHeardBy;
  await until(() => Promise.resolve(arrived.length >= expected), { withinMs: LOST_AFTER_MS });
  const latencies = arrived.flatMap(({ id, atMs }) => {
    const dueAt = dueAtMs.get(id);
    return dueAt === undefined ? [] : [atMs - dueAt];
  });
  return { latencies, lost: expected - latencies.length + followers.outOfOrder() };
}

function rowsOf(
  sockets: number,
  measured: {
    readonly kibEach: number;
    readonly fanOutMs: number;
    readonly statusMs: number;
    readonly lost: number;
    readonly backSeconds: number;
  },
): readonly Row[] {
  const row = (what: string, unit: string, value: number, most: number): Row => ({
    what,
    against: '–',
    unit,
    ours: [value],
    floor: null,
    ratio: null,
    aim: { of: 'value', most },
  });
  return [
    row(`memory of one of ${sockets} sockets`, 'KiB', measured.kibEach, 16),
    row(
      `p99 from POST message to both of ${sockets} sockets on one API, 300 events/s`,
      'ms',
      measured.fanOutMs,
      100,
    ),
    row('p99 of session-status meanwhile', 'ms', measured.statusMs, 100),
    row('events lost, doubled or out of order meanwhile', 'events', measured.lost, 0),
    row(
      `all ${sockets} sockets back after the SIGTERM of one of two APIs`,
      's',
      measured.backSeconds,
      BACK_WITHIN_SECONDS,
    ),
  ];
}
