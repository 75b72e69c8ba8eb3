import { type Config, readConfig } from './config.ts';

/** The settings of this process; or one line for each mistake, and exit code 1. */
export function configOrExit(): Config {
  const outcome = readConfig(process.env);
  if (outcome.kind === 'config') return outcome.config;
  for (const mistake of outcome.mistakes) process.stderr.write(`${mistake}\n`);
  process.exit(1);
}
