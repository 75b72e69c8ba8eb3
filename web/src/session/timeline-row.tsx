import { clockOf, durationOf, minuteOf } from '../parts/time.tsx';
import type { BlockOutcome, DrawnBlock, TimelineModel } from './timeline-model.ts';
import { LANES, type LateSegment, type TimelineRow } from './timeline-rows.ts';

/** One line of the drawing, from the top: times, the patient's ticks, blocks, the doctor's ticks, holds, lateness. */
export function TimelineRowDrawing({
  row,
  model,
}: {
  readonly row: TimelineRow;
  readonly model: TimelineModel;
}) {
  return (
    <>
      <Times row={row} model={model} />
      <Ticks row={row} by="patient" top={LANES.patient} />
      {row.blocks.map((block) => (
        <Block key={block.no} block={block} row={row} />
      ))}
      <Ticks row={row} by="doctor" top={LANES.doctor} />
      {row.blocks.map((block) => (
        <Hold key={block.no} block={block} row={row} />
      ))}
      {row.warnings.map((atMs) => (
        <Warning key={atMs} x={row.x(atMs)} />
      ))}
      {row.late.map((segment) => (
        <Late key={segment.dueMs} segment={segment} />
      ))}
      <WrittenAfter row={row} model={model} />
      <Bounds row={row} model={model} />
    </>
  );
}

const MINUTE_MS = 60_000;

/** About the width of a letter of the small text. */
const LETTER = 7;

function Times({ row, model }: { readonly row: TimelineRow; readonly model: TimelineModel }) {
  const bound = boundOf(row, model);
  const starts = row.blocks.map(({ startMs }) => startMs);
  // Blocks of seconds begin several times a minute.
  const wordsOf = model.intervalMs % MINUTE_MS === 0 ? minuteOf : clockOf;
  return (
    <g>
      {[...starts, row.toMs].map((ms) => {
        const words = wordsOf(new Date(ms).toISOString());
        const span = spanOf(words, row.x(ms), row.width);
        if (bound !== null && span.to > bound.from - 4 && span.from < bound.to + 4) return null;
        return (
          <text key={ms} x={span.from} y={LANES.times}>
            {words}
          </text>
        );
      })}
    </g>
  );
}

/** In the middle of `x`, but never beyond the edges. */
function spanOf(words: string, x: number, width: number): { readonly from: number; readonly to: number } {
  const length = words.length * LETTER;
  const from = Math.max(0, Math.min(x - length / 2, width - length));
  return { from, to: from + length };
}

interface Bound {
  readonly x: number;
  readonly words: string;
  readonly isEnd: boolean;
  /** Where its words begin and end. */
  readonly from: number;
  readonly to: number;
}

/** The end, or the present of a session that goes on, where it lies in this row. */
function boundOf(row: TimelineRow, { startMs, endMs, nowMs }: TimelineModel): Bound | null {
  const atMs = endMs ?? nowMs;
  // At the boundary between two rows it is in the first.
  if (atMs === null || atMs > row.toMs || atMs < row.fromMs) return null;
  if (atMs === row.fromMs && atMs > startMs) return null;
  const words = endMs === null ? 'Now' : `End ${clockOf(new Date(atMs).toISOString())}`;
  const length = words.length * LETTER + 4;
  const x = row.x(atMs);
  const from = x < length ? x : x - length;
  return { x, words, isEnd: endMs !== null, from, to: from + length };
}

function Bounds({ row, model }: { readonly row: TimelineRow; readonly model: TimelineModel }) {
  const bound = boundOf(row, model);
  if (bound === null) return null;
  const { x, words, isEnd, from } = bound;
  return (
    <g className={isEnd ? 'end' : 'now'}>
      <path d={`M${x} ${LANES.times - 10}V${LANES.holds + 8}`} />
      <text x={from < x ? x - 6 : x + 6} y={LANES.times} textAnchor={from < x ? 'end' : 'start'}>
        {words}
      </text>
    </g>
  );
}

const TICK = 16;

function Ticks({
  row,
  by,
  top,
}: {
  readonly row: TimelineRow;
  readonly by: 'patient' | 'doctor';
  readonly top: number;
}) {
  const path = row.messages
    .filter((message) => message.by === by)
    .map(({ atMs }) => `M${row.x(atMs).toFixed(1)} ${top}v${TICK}`)
    .join('');
  return path === '' ? null : <path className={`tick-${by}`} d={path} />;
}

const OUTCOMES: Readonly<Record<BlockOutcome, string>> = {
  held: 'held',
  charged: '1 unit',
  given_back: 'given back',
  taken_back: '1 unit again',
  released: 'no charge',
};

/** Of a block in pixels. */
const LEAST_FOR_WORDS = 72;
const BLOCK = LANES.doctor - LANES.blocks - 4;

/** What ran of it is filled; what did not is outlined. */
function Block({ block, row }: { readonly block: DrawnBlock; readonly row: TimelineRow }) {
  const x = row.x(block.startMs) + 1;
  const whole = row.x(block.boundaryMs) - row.x(block.startMs) - 2;
  const ran = Math.max(1, row.x(block.endMs) - row.x(block.startMs) - 2);
  // Beside what ran, where there is no room in it.
  const textX = ran < LEAST_FOR_WORDS && whole - ran > LEAST_FOR_WORDS ? x + ran + 8 : x + 8;
  return (
    <g className="block" data-outcome={block.outcome}>
      {ran < whole && (
        <rect className="block-whole" x={x} y={LANES.blocks} width={whole} height={BLOCK} rx="5" />
      )}
      <rect className="block-ran" x={x} y={LANES.blocks} width={Math.min(ran, whole)} height={BLOCK} rx="5" />
      <text className="block-no" x={textX} y={LANES.blocks + 18}>
        {block.no}
      </text>
      <text x={textX} y={LANES.blocks + 36}>
        {OUTCOMES[block.outcome]}
      </text>
    </g>
  );
}

/** The unit that was set aside when the block began, until it was taken or free again. */
function Hold({ block, row }: { readonly block: DrawnBlock; readonly row: TimelineRow }) {
  const y = LANES.holds;
  const from = row.x(block.startMs) + 2;
  const isHeld = block.outcome === 'held';
  const to = row.x(block.chargedMs ?? (isHeld ? block.boundaryMs : block.endMs)) - 6;
  return (
    <g>
      <path
        className={isHeld ? 'hold hold-open' : 'hold'}
        d={`M${from} ${y - 5}v10m0 -5H${Math.max(from, to)}`}
      />
      {!isHeld && (
        <circle
          className={block.outcome === 'released' ? 'hold-released' : 'hold-taken'}
          cx={Math.max(from + 4, to)}
          cy={y}
          r="4.5"
        />
      )}
    </g>
  );
}

function Warning({ x }: { readonly x: number }) {
  const y = LANES.blocks;
  return (
    <g className="warning" transform={`translate(${x + 12} ${y - 3})`}>
      <path d="M0 -9L8 5H-8Z" />
    </g>
  );
}

/** From where it was due to where it was written. */
function Late({ segment }: { readonly segment: LateSegment }) {
  const y = LANES.late;
  const { dueMs, writtenMs, fromX, toX, isBegun, isWritten } = segment;
  return (
    <g className="late">
      <path d={`${isBegun ? `M${fromX - 6} ${LANES.holds + 6}V${y}` : `M${fromX} ${y}`}H${toX}`} />
      {isWritten && <path className="late-written" d={`M${toX} ${y - 6}v12`} />}
      {isBegun && (
        <text x={fromX} y={y + 15} textAnchor={fromX > 70 ? 'end' : 'start'}>
          {writtenMs === null ? 'not written' : `${shortDuration(writtenMs - dueMs)} late`}
        </text>
      )}
    </g>
  );
}

/** The largest part alone: the table has the rest. */
const shortDuration = (ms: number): string =>
  durationOf(ms / 1000)
    .split(' ')
    .slice(0, 2)
    .join(' ');

/** When what came after the end was written, where that was at one instant. */
function WrittenAfter({ row, model }: { readonly row: TimelineRow; readonly model: TimelineModel }) {
  const [written, ...others] = new Set(
    row.late.flatMap(({ writtenMs }) =>
      writtenMs !== null && writtenMs > model.untilMs ? [clockOf(new Date(writtenMs).toISOString())] : [],
    ),
  );
  if (written === undefined || others.length > 0 || row.late.every(({ toX }) => toX < row.width - 8))
    return null;
  return (
    <g className="late">
      <text x={row.width} y={LANES.late - 26} textAnchor="end">
        written
      </text>
      <text x={row.width} y={LANES.late - 11} textAnchor="end">
        {written}
      </text>
    </g>
  );
}
