import { scaleLinear } from 'd3-scale';
import type { DrawnBlock, DrawnMessage, TimelineModel } from './timeline-model.ts';

/** A line of the drawing: as many blocks as can be read beside each other. */
export interface TimelineRow {
  readonly fromMs: number;
  readonly toMs: number;
  /** Where an instant of this row is, in pixels from the left. */
  readonly x: (ms: number) => number;
  readonly width: number;
  readonly blocks: readonly DrawnBlock[];
  readonly messages: readonly DrawnMessage[];
  readonly warnings: readonly number[];
  readonly late: readonly LateSegment[];
}

/** The part of the time between due and written that lies in one row. */
export interface LateSegment {
  readonly dueMs: number;
  readonly writtenMs: number | null;
  readonly fromX: number;
  readonly toX: number;
  /** Whether it was due in this row, and not in one above. */
  readonly isBegun: boolean;
  /** Whether it was written in this row: within the session, or after its end in the tail of the last row. */
  readonly isWritten: boolean;
}

/** Narrower, and what is written in a block cannot be read. */
const LEAST_BLOCK_WIDTH = 80;
/** Wider, and a session of one block looks like a long one. */
const MOST_BLOCK_WIDTH = 300;
/** What came after the end stands in a part of its own, which has no scale. */
export const TAIL_WIDTH = 72;

/** What is drawn how far below the top of its row, in pixels. */
export const LANES = { times: 13, patient: 22, blocks: 42, doctor: 92, holds: 122, late: 142 } as const;
export const ROW_GAP = 22;

/** Room for what came late only where something did. */
export const rowHeight = ({ late }: Pick<TimelineModel, 'late'>): number =>
  late.length > 0 ? LANES.late + 18 : LANES.holds + 10;

/** The same blocks to a row in all rows, so that equal lengths are equal times. At least one row. */
export function timelineRows(model: TimelineModel, width: number): readonly TimelineRow[] {
  const hasTail = model.late.some(({ writtenMs }) => (writtenMs ?? Infinity) > model.untilMs);
  const room = width - (hasTail ? TAIL_WIDTH : 0);
  const count = Math.max(1, model.blocks.length);
  const most = Math.max(1, Math.floor(room / LEAST_BLOCK_WIDTH));
  const perRow = Math.ceil(count / Math.ceil(count / most));
  const blockWidth = Math.min(MOST_BLOCK_WIDTH, room / perRow);
  const rows = Math.ceil(count / perRow);
  return Array.from({ length: rows }, (_, index) =>
    rowOf(model, model.blocks.slice(index * perRow, (index + 1) * perRow), {
      blockWidth,
      isLast: index === rows - 1,
      hasTail,
    }),
  );
}

interface RowShape {
  readonly blockWidth: number;
  readonly isLast: boolean;
  readonly hasTail: boolean;
}

function rowOf(model: TimelineModel, blocks: readonly DrawnBlock[], shape: RowShape): TimelineRow {
  const fromMs = blocks[0]?.startMs ?? model.startMs;
  const toMs = blocks.at(-1)?.boundaryMs ?? model.untilMs;
  const blocksWidth = Math.max(1, blocks.length) * shape.blockWidth;
  const x = scaleLinear([fromMs, toMs], [0, blocksWidth]).clamp(true);
  const width = blocksWidth + (shape.isLast && shape.hasTail ? TAIL_WIDTH : 0);
  const isIn = (ms: number): boolean => ms >= fromMs && (ms < toMs || (shape.isLast && ms <= toMs));
  return {
    fromMs,
    toMs,
    x,
    width,
    blocks,
    messages: model.messages.filter(({ atMs }) => isIn(atMs)),
    warnings: model.warnings.filter(isIn),
    late: model.late.flatMap(({ dueMs, writtenMs }): LateSegment[] => {
      const endsMs = writtenMs ?? Infinity;
      const isBegun = isIn(dueMs);
      if (dueMs > toMs || endsMs < fromMs || (!isBegun && dueMs === toMs)) return [];
      const isInTail = shape.isLast && endsMs > model.untilMs;
      const isWritten = writtenMs !== null && (isInTail || endsMs <= toMs);
      return [
        {
          dueMs,
          writtenMs,
          fromX: x(dueMs),
          toX: isInTail ? width - 4 : x(Math.min(endsMs, toMs)),
          isBegun,
          isWritten,
        },
      ];
    }),
  };
}
