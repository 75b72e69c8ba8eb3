import type { Experiment, Figures, Row } from '../../tools/bench/figures.ts';

/** Made-up figures that were never measured. */

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

export const experiment = (terms: Partial<Experiment> = {}): Experiment => ({
  name: 'rate',
  at: '2026-11-22T10:00:00.000Z',
  rounds: 3,
  isQuick: false,
  seconds: 12,
  failure: null,
  rows: [row()],
  machine: {
    processor: 'A processor',
    cores: 2,
    memoryGb: 25,
    system: 'Linux 6',
    node: 'v26.10.0',
    postgres: '18.4',
    redis: '7.0.15',
    fsyncsPerSecond: 4_000,
  },
  ...terms,
});

export const figures = (...experiments: readonly Experiment[]): Figures => ({
  experiments: [...experiments],
});
