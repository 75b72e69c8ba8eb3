import { isId, sessionId, type SessionId } from '../billing/ids.ts';

/** The one queue of the engine. BullMQ refuses ":" in a name. */
export const alarmQueueName = 'session-alarms';

/** Every job that exists: its name and its payload. A payload is ids only; whatever matters is read again. */
export interface JobCatalogue {
  readonly 'look-at-session': { readonly sessionId: SessionId };
}

export type JobName = keyof JobCatalogue;

/** One handler per job: a job without a handler does not compile. */
export type JobHandlers<Result> = {
  readonly [Name in JobName]: (payload: JobCatalogue[Name]) => Promise<Result>;
};

/**
 * Runs the handler of this job; null if the catalogue has no such job, or its payload does not parse.
 * What came out of the queue is unknown: an administrator can edit it in the board, and an older release
 * may have written it.
 */
export function handleJob<Result>(
  handlers: JobHandlers<Result>,
  name: string,
  data: unknown,
): Promise<Result> | null {
  const jobs = {
    'look-at-session': () => parsed(parseSession(data), handlers['look-at-session']),
  } satisfies { [Name in JobName]: () => Promise<Result> | null };
  return isJobName(name, jobs) ? jobs[name]() : null;
}

const isJobName = (name: string, jobs: Readonly<Record<JobName, unknown>>): name is JobName =>
  Object.hasOwn(jobs, name);

function parsed<Payload, Result>(
  payload: Payload | null,
  handler: (payload: Payload) => Promise<Result>,
): Promise<Result> | null {
  return payload === null ? null : handler(payload);
}

/** Fields that nobody asked for are ignored. */
function parseSession(data: unknown): JobCatalogue['look-at-session'] | null {
  if (typeof data !== 'object' || data === null || !('sessionId' in data)) return null;
  return isId(data.sessionId) ? { sessionId: sessionId(data.sessionId) } : null;
}
