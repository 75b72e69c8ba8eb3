import { randomFrom } from '../../kit/random.ts';
import { type Program, untilReady } from '../../kit/product-program.ts';
import { tokenFor } from '../../kit/tokens.ts';
import { fillWithSessions } from '../clinic/clinic-data.ts';
import { type Parts, startProcessorMeter } from '../processor-time.ts';
import type { Rig } from '../rig.ts';
import { type LoadRound, putLoad } from './load.ts';

/** As many connections as all experiments over HTTP and pgbench have. */
export const CLIENTS = 64;

/** No block ends while a round lasts: what a deduction costs is measured apart. */
const HOUR_MS = 3_600_000;

/** Sessions that a round's clients go through in turn. */
export const LIVE_SESSIONS = 4_096;

export interface Clients {
  readonly clients: number;
  readonly seconds: number;
  /** Requests a second in all; without it each client sends as soon as it was answered. */
  readonly rate?: number;
}

/**
 * Patients' apps that tell of an activity in one session after the other. No session has two requests under way, as
 * long as there are fewer clients than sessions. Latencies are those of `putLoad`.
 */
export const measureActivities = (port: number, load: Clients): Promise<LoadRound> =>
  putLoad({ ...load, port, requests: requestsFor(activityRequest) });

/** The same for `GET …/session-status`. */
export const measureStatuses = (port: number, load: Clients): Promise<LoadRound> =>
  putLoad({ ...load, port, requests: requestsFor(statusRequest) });

type RequestOf = (token: string, appointmentId: number) => string;

/** One for each session, in an order without meaning: sessions that write at the same time are not neighbours on disk. */
function requestsFor(requestOf: RequestOf): readonly Buffer[] {
  const ids = randomFrom(1, 'requests').shuffled(
    Array.from({ length: LIVE_SESSIONS }, (_session, index) => index + 1),
  );
  return ids.map((id) => Buffer.from(requestOf(tokenFor(id), id)));
}

function activityRequest(token: string, appointmentId: number): string {
  const body = JSON.stringify({ appointment_id: appointmentId, user_type: 'patient' });
  return (
    'POST /api/text-appointments/update-activity HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n' +
    `authorization: Bearer ${token}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

const statusRequest: RequestOf = (token, appointmentId) =>
  `GET /api/text-appointments/${appointmentId}/session-status HTTP/1.1\r\nhost: 127.0.0.1\r\n` +
  `authorization: Bearer ${token}\r\n\r\n`;

export interface MeteredRound extends LoadRound {
  /** Of each part and of the load generator, for each request. */
  readonly cpuUs: Readonly<Record<string, number>>;
}

/** The load, with what it cost the parts. */
export async function metered(parts: Parts, load: () => Promise<LoadRound>): Promise<MeteredRound> {
  const meter = await startProcessorMeter(parts);
  const round = await load();
  const cpuUs = await meter.perOperation(round.answered);
  return { ...round, cpuUs: { ...cpuUs, 'load generator': round.generatorCpuUs } };
}

/** The product's API over live sessions, and the same API over an engine that does nothing. */
export async function withBothApis<Result>(
  rig: Rig,
  use: (api: Program, bare: Program) => Promise<Result>,
): Promise<Result> {
  await fillWithSessions(rig.sql, LIVE_SESSIONS, HOUR_MS);
  const api = await rig.start('src/server.ts');
  const bare = await rig.start('tools/bench/load/idle-api.ts');
  try {
    await Promise.all([untilReady(api), untilReady(bare)]);
    return await use(api, bare);
  } finally {
    await Promise.all([api.stop(), bare.stop()]);
  }
}

/** @throws where the program has not started. */
export function pidOf({ child }: Program): number {
  if (child.pid === undefined) throw new Error('the program did not start');
  return child.pid;
}
