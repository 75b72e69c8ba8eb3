import { parseArgs, type ParseArgsConfig } from 'node:util';

export type Options = NonNullable<ParseArgsConfig['options']>;
type Values<Known extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: Known }>
>['values'];

/** What is wrong with a command line, and what to do about it. */
export interface Mistake {
  readonly kind: 'mistake';
  readonly message: string;
}

export const mistake = (message: string): Mistake => ({ kind: 'mistake', message });

/** `--help` or `-h` is there, whatever else is. */
export interface Help {
  readonly kind: 'help';
}

/**
 * The options of a command line as text. A word that is not known, and an option given twice, is a mistake. Every command
 * knows `--help`.
 */
export function readOptions<const Known extends Options>(
  args: readonly string[],
  options: Known,
): { readonly kind: 'options'; readonly values: Values<Known> } | Help | Mistake {
  if (args.includes('--help') || args.includes('-h')) return { kind: 'help' };
  try {
    const { values, tokens } = parseArgs({ args: [...args], options, tokens: true });
    const names = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    return twice === undefined ? { kind: 'options', values } : mistake(`--${twice} was given twice`);
  } catch (error) {
    return mistake(error instanceof Error ? error.message : String(error));
  }
}

/** A whole number from `min` to `max` in plain digits; null where the text is none. */
export function wholeNumber(text: string, min: number, max: number): number | null {
  const value = Number(text);
  return /^\d+$/.test(text) && value >= min && value <= max ? value : null;
}
