/** What a figure has to reach: the median of the ratios, or the median of our own values. */
export type Aim = { readonly of: 'ratio' | 'value'; readonly least?: number; readonly most?: number };

/** One line of the table: the raw figures of every round, nothing averaged yet. */
export interface Row {
  readonly what: string;
  /** What it is measured against, or '–' where nothing is. */
  readonly against: string;
  /** Of `ours` and `floor`. */
  readonly unit: string;
  /** One figure a round. */
  readonly ours: readonly number[];
  readonly floor: readonly number[] | null;
  /** Round by round, so that a machine that slows down for a while slows both sides. */
  readonly ratio: readonly number[] | null;
  readonly aim: Aim | null;
  /** Processor microseconds for each operation, by part: 'API', 'worker', 'PostgreSQL', 'Redis', … */
  readonly cpuUs?: Readonly<Record<string, number>>;
  readonly note?: string;
}

/** One picture. Points go from left to right. */
export interface Curve {
  readonly title: string;
  /** What to see in it: two sentences. */
  readonly caption?: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly logX?: boolean;
  readonly logY?: boolean;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly (readonly [number, number])[];
  }[];
}

/** What a measure function hands back. */
export interface Outcome {
  readonly rows: readonly Row[];
  readonly curves?: readonly Curve[];
  readonly notes?: readonly string[];
}

/** What docs/performance.json keeps of an experiment. */
export interface Experiment extends Outcome {
  readonly name: string;
}

export interface MeasureSettings {
  readonly rounds: number;
  readonly scale: 'short' | 'full';
}
