import type { Curve } from '../row.ts';
import { figure } from '../report/figure.ts';
import { type Axis, axisOver } from './axis.ts';

const WIDTH = 760;
const HEIGHT = 430;
const LEFT = 72;
const RIGHT = WIDTH - 24;
const BOTTOM = HEIGHT - 58;
/** More points than that are a line without dots. */
const MOST_DOTS = 24;
const LEGEND_COLUMNS = 2;
const LEGEND_TOP = 44;
const LEGEND_LINE = 17;

/** Colours that differ also for those who see few, on white and on black. */
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 15px }
  .paper { fill: #ffffff } .grid { stroke: #d1d9e0 } .axis { stroke: #59636e }
  .line { fill: none; stroke-width: 2; stroke-linejoin: round }
  .s0 { stroke: #0969da; fill: #0969da } .s1 { stroke: #bc4c00; fill: #bc4c00 }
  .s2 { stroke: #1a7f37; fill: #1a7f37 } .s3 { stroke: #8250df; fill: #8250df }
  .s4 { stroke: #bf3989; fill: #bf3989 } .s5 { stroke: #6e7781; fill: #6e7781 }
  .line.s0, .line.s1, .line.s2, .line.s3, .line.s4, .line.s5 { fill: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .paper { fill: #0d1117 } .grid { stroke: #30363d } .axis { stroke: #8b949e }
    .s0 { stroke: #58a6ff; fill: #58a6ff } .s1 { stroke: #f0883e; fill: #f0883e }
    .s2 { stroke: #56d364; fill: #56d364 } .s3 { stroke: #bc8cff; fill: #bc8cff }
    .s4 { stroke: #ff7bce; fill: #ff7bce } .s5 { stroke: #8b949e; fill: #8b949e }
    .line.s0, .line.s1, .line.s2, .line.s3, .line.s4, .line.s5 { fill: none }
  }`;
const COLOURS = 6;

/** The curve as an SVG that stands alone and can be read on light and on dark. @throws where there are too many lines. */
export function renderPicture(curve: Curve): string {
  if (curve.series.length > COLOURS) throw new Error(`${curve.title}: at most ${COLOURS} lines in a picture`);
  const points = curve.series.flatMap((series) => series.points);
  const top = LEGEND_TOP + Math.ceil(curve.series.length / LEGEND_COLUMNS) * LEGEND_LINE;
  const x = axisOver(
    points.map(([value]) => value),
    curve.logX === true,
    LEFT,
    RIGHT,
  );
  const y = axisOver(
    points.map(([, value]) => value),
    curve.logY === true,
    BOTTOM,
    top,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(curve.title)}">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="paper" width="${WIDTH}" height="${HEIGHT}"/>`,
    `<text class="title" x="${LEFT}" y="24">${escaped(curve.title)}</text>`,
    ...legend(curve),
    ...gridOf(x, y, top),
    ...labels(curve, top),
    ...curve.series.flatMap(({ points: line }, index) => lineOf(line, index, x, y)),
    '</svg>',
    '',
  ].join('\n');
}

function legend({ series }: Curve): readonly string[] {
  const column = (RIGHT - LEFT) / LEGEND_COLUMNS;
  return series.flatMap(({ name }, index) => {
    const left = LEFT + (index % LEGEND_COLUMNS) * column;
    const top = LEGEND_TOP + Math.floor(index / LEGEND_COLUMNS) * LEGEND_LINE;
    return [
      `<rect class="s${index}" x="${left}" y="${top - 6}" width="18" height="3"/>`,
      `<text x="${left + 25}" y="${top}">${escaped(name)}</text>`,
    ];
  });
}

function gridOf(x: Axis, y: Axis, top: number): readonly string[] {
  return [
    ...x.ticks.flatMap((tick) => [
      `<line class="grid" x1="${at(x, tick)}" y1="${top}" x2="${at(x, tick)}" y2="${BOTTOM}"/>`,
      `<text x="${at(x, tick)}" y="${BOTTOM + 18}" text-anchor="middle">${figure(tick)}</text>`,
    ]),
    ...y.ticks.flatMap((tick) => [
      `<line class="grid" x1="${LEFT}" y1="${at(y, tick)}" x2="${RIGHT}" y2="${at(y, tick)}"/>`,
      `<text x="${LEFT - 8}" y="${at(y, tick) + 4}" text-anchor="end">${figure(tick)}</text>`,
    ]),
    `<path class="axis" fill="none" d="M${LEFT} ${top}V${BOTTOM}H${RIGHT}"/>`,
  ];
}

function labels({ xLabel, yLabel }: Curve, top: number): readonly string[] {
  const middle = (top + BOTTOM) / 2;
  return [
    `<text x="${(LEFT + RIGHT) / 2}" y="${HEIGHT - 14}" text-anchor="middle">${escaped(xLabel)}</text>`,
    `<text x="16" y="${middle}" text-anchor="middle" transform="rotate(-90 16 ${middle})">${escaped(yLabel)}</text>`,
  ];
}

function lineOf(
  points: readonly (readonly [number, number])[],
  index: number,
  x: Axis,
  y: Axis,
): readonly string[] {
  const places = points
    .filter(([a, b]) => x.shows(a) && y.shows(b))
    .map(([a, b]) => [at(x, a), at(y, b)] as const);
  const line = `<polyline class="line s${index}" points="${places.map((place) => place.join(',')).join(' ')}"/>`;
  const dots = places.map(([a, b]) => `<circle class="s${index}" cx="${a}" cy="${b}" r="3.2"/>`);
  return places.length <= MOST_DOTS ? [line, ...dots] : [line];
}

const at = (axis: Axis, value: number): number => Math.round(axis.pixelOf(value) * 10) / 10;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
