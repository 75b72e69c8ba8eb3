import { resolve } from 'node:path';
import { readConfig } from '../config.ts';
import type { Config } from '../config.ts';
import { SetupError } from './setup-error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What `npm start` has to know beside what it hands on to the API and to the worker. */
export interface StartSettings {
  /** As the API and the worker will read it, but for what the embedded mode fills in later. */
  readonly config: Config;
  /** Without DATABASE_URL, the product brings its own database and, where none is set, its own secret. */
  readonly isEmbedded: boolean;
  readonly needsSecret: boolean;
  readonly dataDir: string;
}

const JWT_KEYS = ['JWT_SECRET', 'JWT_PUBLIC_KEY', 'JWT_JWKS_URL'];

/** Throws a SetupError that names every mistake, before anything is started. */
export function readStartSettings(environment: Environment): StartSettings {
  const isSet = (name: string): boolean => (environment[name] ?? '').trim() !== '';
  const isEmbedded = !isSet('DATABASE_URL');
  const needsSecret = isEmbedded && !JWT_KEYS.some(isSet);
  const outcome = readConfig({
    ...environment,
    // Both are known only once DATA_DIR has been opened; everything else can be checked now.
    ...(isEmbedded ? { DATABASE_URL: 'postgresql://embedded' } : {}),
    ...(needsSecret ? { JWT_SECRET: '-'.repeat(64) } : {}),
  });
  if (outcome.kind === 'mistakes') {
    throw new SetupError(outcome.mistakes.join('\n'));
  }
  const dataDir = resolve(environment['DATA_DIR']?.trim() || '.data');
  return { config: outcome.config, isEmbedded, needsSecret, dataDir };
}
