/** What `npm run simulate -- …` was asked for. */
export type Asked =
  | { readonly kind: 'seeds'; readonly from: number; readonly seeds: number }
  | { readonly kind: 'seed'; readonly seed: number }
  | { readonly kind: 'help' }
  | { readonly kind: 'mistaken'; readonly message: string };

export const USAGE = `npm run simulate -- --seeds 10000 [--from 1]   runs that many seeds, from that one on
npm run simulate -- --seed 42                   tells one seed again, line by line
npm run simulate:mutants                        shows that deliberate faults are found`;

const DEFAULTS = { from: 1, seeds: 10_000 };
const KNOWN = ['--seeds', '--from', '--seed'] as const;
type Name = (typeof KNOWN)[number];

export function parseArguments(words: readonly string[]): Asked {
  const given = new Map<Name, number>();
  for (let place = 0; place < words.length; place += 2) {
    const word = words[place] ?? '';
    if (word === '--help' || word === '-h') return { kind: 'help' };
    const name = KNOWN.find((known) => known === word);
    if (name === undefined) return mistaken(`${word} is not known`);
    const value = words[place + 1];
    if (value === undefined) return mistaken(`${name} needs a number, as in ${name} 42`);
    if (!/^\d{1,9}$/.test(value))
      return mistaken(`${name} takes a whole number from 0 to 999999999, not ${value}`);
    if (given.has(name)) return mistaken(`${name} was given twice`);
    given.set(name, Number(value));
  }
  const seed = given.get('--seed');
  if (seed !== undefined)
    return given.size === 1 ? { kind: 'seed', seed } : mistaken('--seed goes alone: it tells one seed again');
  const { from, seeds } = {
    from: given.get('--from') ?? DEFAULTS.from,
    seeds: given.get('--seeds') ?? DEFAULTS.seeds,
  };
  return seeds === 0 ? mistaken('--seeds must be at least 1') : { kind: 'seeds', from, seeds };
}

const mistaken = (message: string): Asked => ({ kind: 'mistaken', message });
