import { type Help, type Mistake, mistake, readOptions, wholeNumber } from '../kit/arguments.ts';
import type { Fault } from './fault.ts';

/** How long the nemesis goes on. */
export type Length =
  { readonly kind: 'minutes'; readonly minutes: number } | { readonly kind: 'kills'; readonly kills: number };

export interface RunArguments {
  readonly kind: 'run';
  readonly seed: number;
  readonly length: Length;
  readonly faults: readonly Fault[];
  readonly patients: number;
  /** Where the report goes as Markdown; null: nowhere. */
  readonly reportFile: string | null;
}

const DEFAULTS = { seed: '1', minutes: '5', patients: '240' } as const;

export function readArguments(
  args: readonly string[],
  known: readonly Fault[],
): RunArguments | { readonly kind: 'list' } | Help | Mistake {
  const read = readOptions(args, {
    seed: { type: 'string', default: DEFAULTS.seed },
    minutes: { type: 'string' },
    kills: { type: 'string' },
    faults: { type: 'string' },
    patients: { type: 'string', default: DEFAULTS.patients },
    report: { type: 'string' },
    list: { type: 'boolean', default: false },
  });
  if (read.kind !== 'options') return read;
  const { values } = read;
  if (values.list) return { kind: 'list' };
  const seed = wholeNumber(values.seed, 0, 2 ** 32 - 1);
  const patients = wholeNumber(values.patients, 1, 2_000);
  if (seed === null) return mistake('--seed must be a whole number from 0 to 4294967295');
  if (patients === null) return mistake('--patients must be a whole number from 1 to 2000');
  if (values.minutes !== undefined && values.kills !== undefined)
    return mistake('give --minutes or --kills, not both');
  const length = lengthOf(values.minutes, values.kills);
  if (length === null)
    return mistake('--minutes must be a number above 0 and up to 1440, --kills a whole one up to 100000');
  const names = values.faults?.split(',').map((name) => name.trim());
  const unknown = names?.find((name) => !known.some((fault) => fault.name === name));
  if (unknown !== undefined) return mistake(`there is no fault "${unknown}": see --list`);
  const faults = known.filter((fault) =>
    names === undefined ? length.kind === 'minutes' || fault.isKill : names.includes(fault.name),
  );
  if (length.kind === 'kills' && !faults.some(({ isKill }) => isKill))
    return mistake('--kills needs at least one fault that kills: see --list');
  return { kind: 'run', seed, patients, length, faults, reportFile: values.report ?? null };
}

function lengthOf(minutes: string | undefined, kills: string | undefined): Length | null {
  if (kills !== undefined) {
    const count = wholeNumber(kills, 1, 100_000);
    return count === null ? null : { kind: 'kills', kills: count };
  }
  const value = Number(minutes ?? DEFAULTS.minutes);
  return value > 0 && value <= 1440 ? { kind: 'minutes', minutes: value } : null;
}

export const USAGE = [
  'npm run chaos -- [options]',
  '  --seed N         which faults come in which order (1). What real processes make of them differs each time',
  '  --minutes M      how long faults are injected (5)',
  '  --kills N        instead: until N processes have been killed, as fast as they come back',
  '  --faults A,B     only these',
  '  --patients N     how many people use it (240)',
  '  --report FILE    writes the table there as Markdown, too',
  '  --list           describes every fault and ends',
];
