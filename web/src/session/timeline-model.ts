import type { Static } from 'typebox';
import type { timelineSchema } from '../../../src/http/answers/timeline.ts';

/** What the drawing of a session shows, without any length in pixels. Instants are in ms since 1970. */
export interface TimelineModel {
  readonly startMs: number;
  /** How long a block lasts. */
  readonly intervalMs: number;
  /** The session's end; for one that goes on, the end of its block in progress. */
  readonly untilMs: number;
  readonly blocks: readonly DrawnBlock[];
  readonly messages: readonly DrawnMessage[];
  /** When the last unit began. */
  readonly warnings: readonly number[];
  readonly endMs: number | null;
  /** Of a session that goes on. */
  readonly nowMs: number | null;
  readonly late: readonly LateWriting[];
}

export interface DrawnBlock {
  readonly no: number;
  readonly startMs: number;
  /** Where it would be complete. */
  readonly boundaryMs: number;
  /** Where it was over; of the one in progress: now. */
  readonly endMs: number;
  readonly outcome: BlockOutcome;
  /** When its unit was due. */
  readonly chargedMs: number | null;
}

/** `taken_back`: charged, given back, and taken again. */
export type BlockOutcome = 'held' | 'charged' | 'given_back' | 'taken_back' | 'released';

export interface DrawnMessage {
  readonly atMs: number;
  readonly by: 'patient' | 'doctor';
}

/** Something was written later than it was due. The amount is the same. */
export interface LateWriting {
  readonly dueMs: number;
  /** Null: it is not written yet. */
  readonly writtenMs: number | null;
}

type Answer = Static<typeof timelineSchema>;

/** Of the answer of a session, what is drawn. */
export interface DrawnSession extends Pick<
  Answer,
  'start_time' | 'ended_at' | 'is_active' | 'interval_seconds' | 'server_time'
> {
  readonly blocks: readonly Pick<
    Answer['blocks'][number],
    'interval_no' | 'starts_at' | 'ends_at' | 'state' | 'effective_at' | 'recorded_at'
  >[];
  readonly events: readonly Pick<
    Answer['events'][number],
    'type' | 'effective_at' | 'recorded_at' | 'actor_role'
  >[];
  readonly ledger: readonly Pick<Answer['ledger'][number], 'kind' | 'interval_no' | 'is_taken_back'>[];
}

/** What is written within this time is on time. */
const ON_TIME_MS = 2_000;

export const isLate = (dueMs: number, writtenMs: number): boolean => writtenMs - dueMs > ON_TIME_MS;

export function timelineModel(session: DrawnSession): TimelineModel {
  const startMs = Date.parse(session.start_time);
  const nowMs = Date.parse(session.server_time);
  const endMs = msOrNull(session.ended_at);
  const blocks = session.blocks.map((block) => drawnBlock(block, session, startMs));
  return {
    startMs,
    intervalMs: session.interval_seconds * 1000,
    untilMs: endMs ?? Math.max(nowMs, blocks.at(-1)?.boundaryMs ?? nowMs),
    blocks,
    messages: messagesOf(session),
    warnings: session.events
      .filter(({ type }) => type === 'low_balance')
      .map(({ effective_at }) => Date.parse(effective_at)),
    endMs,
    nowMs: session.is_active ? nowMs : null,
    late: lateWritings(session, nowMs),
  };
}

function drawnBlock(
  block: DrawnSession['blocks'][number],
  session: DrawnSession,
  startMs: number,
): DrawnBlock {
  const no = block.interval_no;
  const isTakenBack = session.ledger.some(
    ({ kind, interval_no, is_taken_back }) => kind === 'refund' && interval_no === no && is_taken_back,
  );
  const given = isTakenBack ? 'taken_back' : 'given_back';
  return {
    no,
    startMs: Date.parse(block.starts_at),
    boundaryMs: startMs + no * session.interval_seconds * 1000,
    endMs: Date.parse(block.state === 'held' ? session.server_time : block.ends_at),
    outcome: block.state === 'refunded' ? given : isTakenBack ? 'taken_back' : block.state,
    chargedMs: msOrNull(block.effective_at),
  };
}

/** The first message of a side is an activity in the log as well. */
function messagesOf({ events }: DrawnSession): readonly DrawnMessage[] {
  const ticks = (wanted: string): readonly DrawnMessage[] =>
    events.flatMap(({ type, effective_at, actor_role: by }) =>
      type === wanted && (by === 'patient' || by === 'doctor')
        ? [{ atMs: Date.parse(effective_at), by }]
        : [],
    );
  const messages = ticks('message');
  const activities = ticks('activity').filter(
    ({ atMs, by }) => !messages.some((message) => message.atMs === atMs && message.by === by),
  );
  return [...messages, ...activities].toSorted((a, b) => a.atMs - b.atMs);
}

/** One for each instant at which something was due: a charge and the end that it came with are one. */
function lateWritings(session: DrawnSession, nowMs: number): readonly LateWriting[] {
  const written = session.events
    .filter(({ type }) => type === 'deduction' || type === 'refund' || type === 'ended')
    .map(({ effective_at, recorded_at }) => [Date.parse(effective_at), Date.parse(recorded_at)] as const);
  // What is due and not written has no event.
  const due = session.blocks.flatMap(({ effective_at, recorded_at }) =>
    effective_at === null || recorded_at !== null ? [] : [[Date.parse(effective_at), null] as const],
  );
  const late = [...written, ...due].filter(([dueMs, writtenMs]) => isLate(dueMs, writtenMs ?? nowMs));
  return Array.from(new Map(late), ([dueMs, writtenMs]) => ({ dueMs, writtenMs })).toSorted(
    (a, b) => a.dueMs - b.dueMs,
  );
}

const msOrNull = (instant: string | null): number | null => (instant === null ? null : Date.parse(instant));
