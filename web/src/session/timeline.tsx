import './timeline.css';
import { useMemo } from 'react';
import { clockOf } from '../parts/time.tsx';
import { useWidth } from '../parts/width.ts';
import { countWords, unitWords } from '../parts/words.ts';
import { type DrawnSession, timelineModel, type TimelineModel } from './timeline-model.ts';
import { TimelineRowDrawing } from './timeline-row.tsx';
import { rowHeight, ROW_GAP, timelineRows } from './timeline-rows.ts';

type NumberedSession = DrawnSession & { readonly session_id: number };

/** The session as a drawing: its blocks, who wrote when, units held and taken, what came late, and the end. */
export function Timeline({ session }: { readonly session: NumberedSession }) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const model = useMemo(() => timelineModel(session), [session]);
  const rows = useMemo(() => timelineRows(model, width), [model, width]);
  const height = rowHeight(model) * rows.length + ROW_GAP * (rows.length - 1);
  const widest = Math.max(...rows.map((row) => row.width));
  return (
    <figure className="timeline">
      <div ref={ref}>
        <svg role="img" aria-label={timelineName(session, model)} width={widest} height={height}>
          {rows.map((row, index) => (
            <g key={row.fromMs} transform={`translate(0 ${index * (rowHeight(model) + ROW_GAP)})`}>
              <TimelineRowDrawing row={row} model={model} />
            </g>
          ))}
        </svg>
      </div>
      <Legend model={model} />
    </figure>
  );
}

/** The drawing in one breath, for those who do not see it; the table below it tells the rest. */
function timelineName(
  { session_id, start_time, ended_at }: NumberedSession,
  { blocks, messages, late }: TimelineModel,
): string {
  const taken = blocks.filter(({ outcome }) => outcome === 'charged' || outcome === 'taken_back').length;
  const by = (side: 'patient' | 'doctor'): string =>
    `${side} wrote ${messages.filter((message) => message.by === side).length}`;
  const lasted = `from ${clockOf(start_time)} ${ended_at === null ? 'until now' : `to ${clockOf(ended_at)}`}`;
  return [
    `Session ${session_id}, ${lasted}: ${countWords(blocks.length, 'block')}, ${unitWords(taken)} taken`,
    `${by('patient')}, ${by('doctor')}`,
    ...(late.length === 0 ? [] : [`${late.length} written late`]),
  ].join('; ');
}

/** Says only what is drawn. The name of the drawing says it to those who do not see it. */
function Legend({ model }: { readonly model: TimelineModel }) {
  const outcomes = new Set(model.blocks.map(({ outcome }) => outcome));
  const keys: readonly (readonly [boolean, string, string])[] = [
    [model.messages.some(({ by }) => by === 'patient'), 'patient', 'patient wrote'],
    [model.messages.some(({ by }) => by === 'doctor'), 'doctor', 'doctor wrote'],
    [outcomes.has('charged') || outcomes.has('taken_back'), 'taken', 'unit held, then taken'],
    [outcomes.has('released'), 'released', 'unit held, then free again'],
    [outcomes.has('held'), 'held', 'unit held now'],
    [model.warnings.length > 0, 'warned', 'last unit begins'],
    [model.late.length > 0, 'late', 'due, and written later'],
  ];
  return (
    <figcaption className="legend" aria-hidden="true">
      {keys
        .filter(([isDrawn]) => isDrawn)
        .map(([, key, words]) => (
          <span key={key}>
            <svg width="20" height="12">
              <LegendMark mark={key} />
            </svg>
            {words}
          </span>
        ))}
    </figcaption>
  );
}

function LegendMark({ mark }: { readonly mark: string }) {
  switch (mark) {
    case 'patient':
      return <path className="tick-patient" d="M6 1V11M10 1V11M14 1V11" />;
    case 'doctor':
      return <path className="tick-doctor" d="M6 1V11M10 1V11M14 1V11" />;
    case 'taken':
      return (
        <>
          <path className="hold" d="M1 1V11M1 6H14" />
          <circle className="hold-taken" cx="15" cy="6" r="4" />
        </>
      );
    case 'released':
      return (
        <>
          <path className="hold" d="M1 1V11M1 6H11" />
          <circle className="hold-released" cx="15" cy="6" r="4" />
        </>
      );
    case 'held':
      return <path className="hold hold-open" d="M1 1V11M1 6H20" />;
    case 'warned':
      return <path className="warning" d="M10 1L16 11H4Z" />;
    default:
      return <path className="late" d="M1 6H20" />;
  }
}
