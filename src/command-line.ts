import { parseArgs, type ParseArgsConfig } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;
/** The options that a command was given. */
export type Given<Known extends Options> = ReturnType<typeof parseArgs<{ options: Known }>>['values'];

/** What is wrong with the arguments of a command, a line each. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Runs one of the commands of package.json. Answers with the exit code: that of `run`, 0 for `--help`, or 2 where the
 * command could not run; then the reason is printed, and after a UsageError also the usage.
 */
export async function runCommand<const Known extends Options>(
  usage: string,
  options: Known,
  run: (given: Given<Known>) => Promise<number>,
): Promise<number> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    process.stdout.write(usage);
    return 0;
  }
  try {
    return await run(parse(args, options));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(error instanceof UsageError ? `${reason}\n\n${usage}` : `${reason}\n`);
    return 2;
  }
}

function parse<const Known extends Options>(args: string[], options: Known): Given<Known> {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
