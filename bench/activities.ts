import { createHmac } from 'node:crypto';
import autocannon from 'autocannon';
import type { Rig } from './rig.ts';

export interface LoadRound {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Sessions that a round's clients go through, each client through its own share. */
export const LIVE_SESSIONS = 4_096;

const ACTIVITY_PATH = '/api/text-appointments/update-activity';

/**
 * Patients' apps that tell of an activity, each as soon as the last was answered, or so many a second in all where
 * `rate` says so; then latencies are counted from when a request was due, not from when it was sent.
 */
export async function measureActivities(
  rig: Rig,
  port: number,
  load: { readonly clients: number; readonly seconds: number; readonly rate?: number },
): Promise<LoadRound> {
  const { clients, seconds, rate } = load;
  let next = 0;
  const result = await autocannon({
    url: `http://127.0.0.1:${port}`,
    connections: clients,
    duration: seconds,
    ...(rate === undefined ? {} : { overallRate: rate }),
    setupClient: (client) => {
      const first = (next % clients) + 1;
      next += 1;
      client.setRequests(requestsOf(rig.secret, first, clients));
    },
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} answers were not 2xx, ${result.errors} requests failed`);
  return { perSecond: result.requests.average, p50Ms: result.latency.p50, p99Ms: result.latency.p99 };
}

/** The share of one client: every `step`th session from `first` on. No two clients write in one session. */
function requestsOf(secret: string, first: number, step: number): autocannon.Request[] {
  const requests: autocannon.Request[] = [];
  for (let id = first; id <= LIVE_SESSIONS; id += step) {
    requests.push({
      method: 'POST',
      path: ACTIVITY_PATH,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tokenOf(secret, id)}` },
      body: JSON.stringify({ appointment_id: id, user_type: 'patient' }),
    });
  }
  return requests;
}

/** A token of RFC 7519 with HS256, good for an hour. */
export function tokenOf(secret: string, subject: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: subject, exp })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
