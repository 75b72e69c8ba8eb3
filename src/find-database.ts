import { resolve } from 'node:path';
import { createConfigReader, type Environment } from './config-reader.ts';
import { runningServerUrl } from './standalone/postgres.ts';

export type FoundDatabase =
  | { readonly kind: 'given'; readonly url: string }
  /** That of the server which `npm start` runs on this DATA_DIR right now. */
  | { readonly kind: 'embedded'; readonly url: string; readonly dataDir: string }
  /** Why not, and what to do. `isMistake`: it is set, and cannot be read. */
  | { readonly kind: 'none'; readonly isMistake: boolean; readonly why: string };

/** The database that a command is about: that of the environment, or of the server that `npm start` runs. Starts nothing. */
export async function findDatabase(environment: Environment): Promise<FoundDatabase> {
  const read = createConfigReader(environment);
  const given = read.databaseUrl('DATABASE_URL');
  if (read.mistakes.length > 0) return { kind: 'none', isMistake: true, why: read.mistakes.join('\n') };
  if (given !== null) return { kind: 'given', url: given };
  const dataDir = resolve(read.text('DATA_DIR') ?? '.data');
  const url = await runningServerUrl(dataDir);
  if (url !== null) return { kind: 'embedded', url, dataDir };
  return {
    kind: 'none',
    isMistake: false,
    why: `DATABASE_URL is not set, and no database of our own runs in ${dataDir}. Set DATABASE_URL to the PostgreSQL to check, or run \`npm start\` in another terminal and ask again (with the same DATA_DIR).`,
  };
}
