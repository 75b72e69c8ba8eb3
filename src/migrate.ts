import { createConfigReader } from './config-reader.ts';
import { prepareDatabase } from './ops/prepare-database.ts';

const ONE_ROLE =
  'The API and the worker own their tables, so an attacker in one of them could change the ledger. Set DATABASE_OWNER_URL to the owner and DATABASE_URL to a role of its own, and run this again: docs/operating.md says how.';

// `npm run migrate`: before a new version of the API and of the worker is started.
const read = createConfigReader(process.env);
const databaseUrl = read.databaseUrl('DATABASE_URL');
const ownerUrl = read.databaseUrl('DATABASE_OWNER_URL');
const redisUrl = read.redisUrl('REDIS_URL');
try {
  if (read.mistakes.length > 0) throw new Error(read.mistakes.join('\n'));
  if (databaseUrl === null)
    throw new Error('DATABASE_URL is not set. Give the URL of the PostgreSQL to bring up to date.');
  const left = await prepareDatabase(databaseUrl, redisUrl, ownerUrl);
  process.stdout.write('the database is up to date\n');
  if (left !== null) process.stdout.write(`${left}\n`);
  if (ownerUrl === null) process.stdout.write(`${ONE_ROLE}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
