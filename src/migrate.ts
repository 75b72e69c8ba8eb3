import { createConfigReader } from './config-reader.ts';
import { prepareDatabase } from './ops/prepare-database.ts';

// `npm run migrate`: before a new version of the API and of the worker is started.
const read = createConfigReader(process.env);
const databaseUrl = read.databaseUrl('DATABASE_URL');
const redisUrl = read.redisUrl('REDIS_URL');
try {
  if (read.mistakes.length > 0) throw new Error(read.mistakes.join('\n'));
  if (databaseUrl === null)
    throw new Error('DATABASE_URL is not set. Give the URL of the PostgreSQL to bring up to date.');
  const left = await prepareDatabase(databaseUrl, redisUrl);
  process.stdout.write('the database is up to date\n');
  if (left !== null) process.stdout.write(`${left}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
