import { parseArgs } from 'node:util';

export interface RunArguments {
  readonly scale: 'short' | 'full';
  /** By name; null = all of the scale. */
  readonly only: readonly string[] | null;
  readonly rounds: number;
  /** Measure nothing, write the documents anew from the figures that are there. */
  readonly isRenderOnly: boolean;
}

export type ParsedArguments =
  | { readonly kind: 'arguments'; readonly arguments: RunArguments }
  | { readonly kind: 'mistake'; readonly message: string };

export const USAGE = `npm run bench -- [--full] [--only name,name] [--rounds 5] [--render]`;

/** The command line, or what is wrong with it. */
export function parseArguments(argv: readonly string[], names: readonly string[]): ParsedArguments {
  const mistake = (message: string): ParsedArguments => ({
    kind: 'mistake',
    message: `${message}\n${USAGE}`,
  });
  let values;
  try {
    ({ values } = parseArgs({
      args: [...argv],
      options: {
        full: { type: 'boolean', default: false },
        only: { type: 'string' },
        rounds: { type: 'string', default: '5' },
        render: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    return mistake(error instanceof Error ? error.message : String(error));
  }
  const rounds = Number(values.rounds);
  if (!/^\d+$/.test(values.rounds) || rounds < 1 || rounds > 100)
    return mistake(`--rounds must be a whole number from 1 to 100, not ${values.rounds}`);
  const only = values.only?.split(',') ?? null;
  const unknown = only?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0)
    return mistake(`there is no experiment ${unknown.join(', ')}; there are ${names.join(', ')}`);
  const scale = values.full ? 'full' : 'short';
  return { kind: 'arguments', arguments: { scale, only, rounds, isRenderOnly: values.render } };
}
