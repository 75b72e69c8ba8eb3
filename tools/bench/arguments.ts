import { type Help, type Mistake, mistake, readOptions, wholeNumber } from '../kit/arguments.ts';

export interface RunArguments {
  readonly kind: 'run';
  readonly isQuick: boolean;
  /** By name; null = all. */
  readonly only: readonly string[] | null;
  readonly rounds: number;
  /** Measure nothing, write docs/performance.md again from the figures that are there. */
  readonly isRenderOnly: boolean;
}

export const USAGE = 'npm run bench -- [--only name,name] [--rounds 3] [--quick] [--render]';

/** The command line, or what is wrong with it. */
export function parseArguments(
  argv: readonly string[],
  names: readonly string[],
): RunArguments | Help | Mistake {
  const read = readOptions(argv, {
    only: { type: 'string' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    render: { type: 'boolean', default: false },
  });
  if (read.kind === 'help') return read;
  if (read.kind === 'mistake') return mistake(`${read.message}\n${USAGE}`);
  const { quick: isQuick, render: isRenderOnly, ...values } = read.values;
  const rounds = wholeNumber(values.rounds ?? (isQuick ? '1' : '3'), 1, 100);
  if (rounds === null)
    return mistake(`--rounds must be a whole number from 1 to 100, not ${values.rounds}\n${USAGE}`);
  const only = values.only?.split(',') ?? null;
  const unknown = only?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0)
    return mistake(`there is no experiment ${unknown.join(', ')}; there are ${names.join(', ')}\n${USAGE}`);
  return { kind: 'run', isQuick, only, rounds, isRenderOnly };
}
