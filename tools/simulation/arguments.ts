import { type Help, type Mistake, mistake, readOptions, wholeNumber } from '../kit/arguments.ts';

/** What `npm run simulate -- …` was asked for. */
export type Asked =
  | { readonly kind: 'seeds'; readonly from: number; readonly seeds: number }
  | { readonly kind: 'seed'; readonly seed: number }
  | Help
  | Mistake;

export const USAGE = `npm run simulate -- --seeds 10000 [--from 1]   runs that many seeds, from that one on
npm run simulate -- --seed 42                   runs one seed again and shows it line by line
npm run simulate:mutants                        shows that deliberate faults are found`;

const DEFAULTS = { from: 1, seeds: 10_000 } as const;
const LARGEST = 999_999_999;

export function parseArguments(words: readonly string[]): Asked {
  const read = readOptions(words, {
    seeds: { type: 'string' },
    from: { type: 'string' },
    seed: { type: 'string' },
  });
  if (read.kind !== 'options') return read;
  const given = read.values;
  const numbers: Partial<Record<keyof typeof given, number>> = {};
  for (const name of ['seeds', 'from', 'seed'] as const) {
    const text = given[name];
    if (text === undefined) continue;
    const value = wholeNumber(text, 0, LARGEST);
    if (value === null) return mistake(`--${name} takes a whole number from 0 to ${LARGEST}, not ${text}`);
    numbers[name] = value;
  }
  const { seed, from = DEFAULTS.from, seeds = DEFAULTS.seeds } = numbers;
  if (seed !== undefined)
    return Object.keys(numbers).length === 1
      ? { kind: 'seed', seed }
      : mistake('--seed goes alone: it shows one seed again');
  return seeds === 0 ? mistake('--seeds must be at least 1') : { kind: 'seeds', from, seeds };
}
