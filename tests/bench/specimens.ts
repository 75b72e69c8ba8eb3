import type { Figures, MeasuredExperiment, Run } from '../../tools/bench/figures.ts';
import type { Row } from '../../tools/bench/row.ts';

/** Made-up figures: no bench ever measured them. */

export const row = (terms: Partial<Row> = {}): Row => ({
  what: 'activities',
  against: 'pgbench',
  unit: '/s',
  ours: [1_000, 3_000, 2_000],
  floor: [1_000, 4_000, 2_500],
  ratio: [1, 0.75, 0.8],
  aim: { of: 'ratio', least: 0.8 },
  ...terms,
});

export const run = (terms: Partial<Run> = {}): Run => ({
  at: '2026-11-22T10:00:00.000Z',
  scale: 'full',
  rounds: 3,
  machine: {
    processor: 'A processor',
    cores: 2,
    memoryGb: 25,
    system: 'Linux 6',
    node: 'v26.10.0',
    postgres: '18.4',
    redis: '7.0.15',
    fsync: { perSecond: 4_000, p50Us: 229, p99Us: 470 },
    fileSystem: 'ext4',
  },
  ...terms,
});

export const experiment = (terms: Partial<MeasuredExperiment> = {}): MeasuredExperiment => ({
  name: 'rate',
  run: '2026-11-22T10:00:00.000Z',
  seconds: 12,
  failure: null,
  rows: [row()],
  ...terms,
});

export const figures = (...experiments: readonly MeasuredExperiment[]): Figures => ({
  runs: [run()],
  experiments,
});
