import { scaleLinear, scaleTime } from 'd3-scale';
import { DAY_MS } from '../parts/moments.ts';
import { useWidth } from '../parts/width.ts';
import type { BalanceStep } from './balance-steps.ts';

const HEIGHT = 180;
const LEFT = 36;
const BOTTOM = 26;
const TOP = 12;
const RIGHT = 8;
/** Room for the name of a day, which stands at its beginning. */
const LABEL_WIDTH = 90;

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const HOUR = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** The units that could be spent, over time: a step at each entry, and where a grant began or expired. */
export function BalanceChart({
  patient,
  steps,
  nowMs,
}: {
  readonly patient: number;
  readonly steps: readonly BalanceStep[];
  readonly nowMs: number;
}) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const [first] = steps;
  const last = steps.at(-1);
  if (first === undefined || last === undefined) return null;
  const x = scaleTime([first.atMs, Math.max(nowMs, first.atMs + 1)], [LEFT, width - RIGHT]);
  const most = Math.max(1, ...steps.map(({ units }) => units));
  const y = scaleLinear([0, most], [HEIGHT - BOTTOM, TOP]).nice(4);
  const line = steps
    .map(
      ({ atMs, units }, index) =>
        `${index === 0 ? 'M' : 'H'}${x(atMs).toFixed(1)}${index === 0 ? ' ' : 'V'}${y(units).toFixed(1)}`,
    )
    .join('');
  const end = x(nowMs).toFixed(1);
  const isShort = nowMs - first.atMs < 3 * DAY_MS;
  return (
    <div ref={ref} className="chart">
      <svg
        role="img"
        aria-label={`Balance of patient ${patient} over time: ${last.units} now, at most ${most}`}
        width={width}
        height={HEIGHT}
      >
        {y
          .ticks(4)
          .filter(Number.isInteger)
          .map((units) => (
            <g key={units} className="grid">
              <path d={`M${LEFT} ${y(units)}H${width - RIGHT}`} />
              <text x={LEFT - 8} y={y(units) + 4} textAnchor="end">
                {units}
              </text>
            </g>
          ))}
        <path className="chart-area" d={`${line}H${end}V${y(0)}H${x(first.atMs)}Z`} />
        <path className="chart-line" d={`${line}H${end}`} />
        <circle className="chart-now" cx={end} cy={y(last.units)} r="4" />
        {x
          .ticks(Math.max(2, Math.floor(width / LABEL_WIDTH)))
          .filter((at) => (isShort || at.getHours() === 0) && x(at) < width - LABEL_WIDTH / 3)
          .map((at) => (
            <text key={at.getTime()} className="grid" x={x(at)} y={HEIGHT - 6} textAnchor="middle">
              {(isShort ? HOUR : DAY).format(at)}
            </text>
          ))}
      </svg>
    </div>
  );
}
