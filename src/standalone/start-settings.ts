import { resolve } from 'node:path';
import { createConfigReader, type Environment } from '../config-reader.ts';
import { type Config, KEYS_OF_TOKENS, readConfig } from '../config.ts';
import { SetupError } from './setup-error.ts';

/** What `npm start` has to know beside what it hands on to the API and to the worker. */
export interface StartSettings {
  /** As the API and the worker will read it, but for what the embedded mode fills in later. */
  readonly config: Config;
  /** Without DATABASE_URL, the product brings its own database and, where none is set, its own secret. */
  readonly isEmbedded: boolean;
  readonly needsSecret: boolean;
  readonly dataDir: string;
}

/** Throws a SetupError that names every mistake, before anything is started. */
export function readStartSettings(environment: Environment): StartSettings {
  const read = createConfigReader(environment);
  const isEmbedded = !read.isGiven('DATABASE_URL');
  const needsSecret = isEmbedded && !KEYS_OF_TOKENS.some(read.isGiven);
  const outcome = readConfig({
    ...environment,
    // Both are known only once DATA_DIR has been opened; everything else can be checked now.
    ...(isEmbedded ? { DATABASE_URL: 'postgresql://embedded' } : {}),
    ...(needsSecret ? { JWT_SECRET: '-'.repeat(64) } : {}),
  });
  if (outcome.kind === 'mistakes') {
    throw new SetupError(outcome.mistakes.join('\n'));
  }
  const dataDir = resolve(read.text('DATA_DIR') ?? '.data');
  return { config: outcome.config, isEmbedded, needsSecret, dataDir };
}
