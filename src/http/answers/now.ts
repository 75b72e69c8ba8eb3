import { Type } from 'typebox';
import type { Now } from '../../watch/now.ts';
import { PROBLEM_CODES, type Problem } from '../../watch/problems.ts';
import type { LastAudit, LastHour, RunningProcess, SessionFigures } from '../../watch/state.ts';
import { rfc3339, rfc3339OrNull } from '../rfc3339.ts';
import { instant, nullable, oneOf } from '../schemas.ts';

const count = Type.Integer({ minimum: 0 });

const problemSchema = Type.Object({
  code: oneOf(...PROBLEM_CODES),
  title: Type.String({ description: 'What is wrong, in a few words' }),
  meaning: Type.String({ description: 'What comes of it' }),
  do: Type.String({ description: 'What to do: the command, where there is one' }),
  since: nullable(instant),
});

const sessionsSchema = Type.Object({
  active: count,
  due: Type.Integer({ minimum: 0, description: 'To be settled within a minute' }),
  overdue: Type.Integer({ minimum: 0, description: 'Should have been settled more than 5 s ago' }),
  oldest_overdue_seconds: nullable(count),
});

const p99 = nullable(Type.Integer({ minimum: 0, description: 'Null below 100 deductions' }));

const lastHourSchema = Type.Object(
  {
    deductions: count,
    lateness_p50_ms: nullable(Type.Integer({ minimum: 0, description: 'Null where nothing was deducted' })),
    lateness_p99_ms: p99,
    minutes: Type.Array(Type.Object({ at: instant, deductions: count, lateness_p99_ms: p99 }), {
      description: '60, the oldest first; the last is the current one',
    }),
  },
  {
    description:
      'Deductions by when they were written, and how long after they were due. On a large ledger up to 10 s old.',
  },
);

const processSchema = Type.Object({
  process_id: Type.String({ format: 'uuid' }),
  kind: oneOf('api', 'worker'),
  host: Type.String(),
  pid: Type.Integer(),
  version: Type.String(),
  started_at: instant,
  seen_at: instant,
});

const alarmsSchema = Type.Object({
  waiting: Type.Integer({ minimum: 0, description: 'For their time, or for a worker' }),
  failed: count,
});

const lastAuditSchema = Type.Object({
  night: Type.String({ format: 'date' }),
  finished_at: instant,
  sessions: count,
  differences: count,
  acknowledged: Type.Boolean({ description: 'An administrator has acknowledged the differences' }),
});

export const nowSchema = Type.Object({
  server_time: instant,
  problems: Type.Array(problemSchema, { description: 'The worst first' }),
  sessions: nullable(sessionsSchema),
  last_hour: nullable(lastHourSchema),
  processes: nullable(Type.Array(processSchema, { description: 'Those seen within the last 6 s' })),
  alarms: nullable(alarmsSchema),
  last_audit: nullable(lastAuditSchema),
});

export type NowJson = Type.Static<typeof nowSchema>;

export const nowJson = ({ serverTime, problems, state, lastHour, alarms }: Now): NowJson => ({
  server_time: rfc3339(serverTime),
  problems: problems.map(problemJson),
  sessions: state === null ? null : sessionsJson(state.sessions, state.now),
  last_hour: lastHour === null ? null : lastHourJson(lastHour),
  processes: state === null ? null : state.processes.map(processJson),
  alarms: alarms === null ? null : { waiting: alarms.waiting, failed: alarms.failed },
  last_audit: state === null || state.lastAudit === null ? null : lastAuditJson(state.lastAudit),
});

const problemJson = ({ since, ...said }: Problem) => ({ ...said, since: rfc3339OrNull(since) });

const sessionsJson = ({ active, due, overdue, overdueSince }: SessionFigures, nowMs: number) => ({
  active,
  due,
  overdue,
  oldest_overdue_seconds: overdueSince === null ? null : Math.floor((nowMs - overdueSince) / 1_000),
});

const lastHourJson = ({ deductions, latenessP50Ms, latenessP99Ms, minutes }: LastHour) => ({
  deductions,
  lateness_p50_ms: latenessP50Ms,
  lateness_p99_ms: latenessP99Ms,
  minutes: minutes.map((minute) => ({
    at: rfc3339(minute.at),
    deductions: minute.deductions,
    lateness_p99_ms: minute.latenessP99Ms,
  })),
});

const processJson = ({ id, startedAt, seenAt, ...rest }: RunningProcess) => ({
  process_id: id,
  ...rest,
  started_at: rfc3339(startedAt),
  seen_at: rfc3339(seenAt),
});

const lastAuditJson = ({ night, finishedAt, sessions, differences, isAcknowledged }: LastAudit) => ({
  night,
  finished_at: rfc3339(finishedAt),
  sessions,
  differences,
  acknowledged: isAcknowledged,
});
