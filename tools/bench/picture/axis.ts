/** One direction of a picture: from values to pixels, and the values that are written beside it. */
export interface Axis {
  readonly isLog: boolean;
  readonly pixelOf: (value: number) => number;
  readonly ticks: readonly number[];
  /** Whether the axis can show this value: a logarithm has no place for 0. */
  readonly shows: (value: number) => boolean;
}

const TICKS = 6;

/** An axis that spans the values; `from` and `to` are pixels, in whichever order. */
export function axisOver(values: readonly number[], isLog: boolean, from: number, to: number): Axis {
  const shows = (value: number): boolean => Number.isFinite(value) && (!isLog || value > 0);
  const shown = values.filter(shows);
  const [low, high] = shown.length === 0 ? [1, 10] : [Math.min(...shown), Math.max(...shown)];
  const ticks = isLog ? logTicks(low, high) : linearTicks(Math.min(low, 0), high);
  const [first = 1, last = 10] = [ticks[0], ticks.at(-1)];
  const place = (value: number): number => (isLog ? Math.log10(value) : value);
  const share = (value: number): number => (place(value) - place(first)) / (place(last) - place(first));
  return { isLog, shows, ticks, pixelOf: (value) => from + share(value) * (to - from) };
}

/** Round steps from below the lowest to above the highest; from 0, so that heights can be compared. */
function linearTicks(low: number, high: number): readonly number[] {
  const span = high - low === 0 ? 1 : high - low;
  const rough = span / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.floor(low / step);
  const count = Math.ceil((low + span) / step) - first;
  return Array.from({ length: count + 1 }, (_tick, index) => roundOff((first + index) * step));
}

/** Powers of ten; and 2 and 5 of each where that would be too few. */
function logTicks(low: number, high: number): readonly number[] {
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const factors = to - from <= 3 ? [1, 2, 5] : [1];
  const all = Array.from({ length: to - from + 1 }, (_power, index) => from + index).flatMap((power) =>
    factors.map((factor) => roundOff(factor * 10 ** power)),
  );
  const first = all.findLast((tick) => tick <= low) ?? low;
  const last = all.find((tick) => tick >= high && tick > first) ?? first * 10;
  return [...new Set([...all.filter((tick) => tick >= first && tick <= last), last])];
}

/** 0.30000000000000004 is 0.3. */
const roundOff = (value: number): number => Number(value.toPrecision(12));
