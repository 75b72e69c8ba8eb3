import { scaleLinear } from 'd3-scale';
import type { LastHour, Minute } from '../api.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Section } from '../parts/section.tsx';
import type { Column } from '../parts/table-head.tsx';
import { minuteOf } from '../parts/time.tsx';
import { useWidth } from '../parts/width.ts';
import { Figure, Unknown } from './figures.tsx';

/** How many units were taken, and how late they were written: in all, as a drawing, and minute by minute. */
export const LastHourPart = ({ hour }: { readonly hour: LastHour | null }) => (
  <Section title="Last hour" isWide>
    {hour === null ? <Unknown /> : <Hour hour={hour} />}
  </Section>
);

function Hour({ hour }: { readonly hour: LastHour }) {
  return (
    <>
      <dl className="figures">
        <Figure name="Deductions" value={hour.deductions} />
        <Figure name="Lateness p50" value={latenessOf(hour.lateness_p50_ms)} />
        <Figure name="Lateness p99" value={latenessOf(hour.lateness_p99_ms)} />
      </dl>
      <Drawing minutes={hour.minutes} />
      <DataTable
        name="Figures by minute"
        isTitled
        columns={COLUMNS}
        rows={hour.minutes.toReversed()}
        keyOf={({ at }) => at}
        isTall
      />
    </>
  );
}

/** A p99 of fewer than a hundred would be the maximum, so the server gives none. */
const latenessOf = (ms: number | null): string =>
  ms === null ? '–' : ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`;

const COLUMNS: readonly Column<Minute>[] = [
  { name: 'Minute', cell: ({ at }) => <time dateTime={at}>{minuteOf(at)}</time> },
  { name: 'Deductions', cell: ({ deductions }) => deductions, isAmount: true },
  { name: 'Lateness p99', cell: ({ lateness_p99_ms: ms }) => latenessOf(ms), isAmount: true },
];

const HEIGHT = 120;
const FOOT = 20;
const LABELS_EVERY = 15;

/** Bars, one a minute, in pixels: letters keep their size on a phone. */
function Drawing({ minutes }: { readonly minutes: readonly Minute[] }) {
  const [svg, width] = useWidth<SVGSVGElement>();
  const most = Math.max(1, ...minutes.map(({ deductions }) => deductions));
  const x = scaleLinear([0, minutes.length], [0, width]);
  const y = scaleLinear([0, most], [HEIGHT, 0]);
  const gap = Math.min(2, x(1) / 4);
  const total = minutes.reduce((sum, { deductions }) => sum + deductions, 0);
  return (
    <svg
      ref={svg}
      role="img"
      aria-label={
        total === 0
          ? 'No deduction in the last hour'
          : `Deductions by minute of the last hour: ${total} in all, at most ${most} in a minute`
      }
      height={HEIGHT + FOOT}
      className="drawing"
    >
      {minutes.map(({ at, deductions }, index) => (
        <rect
          key={at}
          x={x(index)}
          width={Math.max(0, x(1) - gap)}
          y={y(deductions)}
          height={HEIGHT - y(deductions)}
          className="bar"
        />
      ))}
      {total === 0 && (
        <text x={width / 2} y={HEIGHT / 2} textAnchor="middle">
          No deduction in this hour
        </text>
      )}
      <line x1={0} x2={width} y1={HEIGHT} y2={HEIGHT} className="axis" />
      {minutes.map(({ at }, index) =>
        index % LABELS_EVERY === 0 ? (
          <text key={at} x={x(index)} y={HEIGHT + FOOT - 5}>
            {minuteOf(at)}
          </text>
        ) : null,
      )}
    </svg>
  );
}
