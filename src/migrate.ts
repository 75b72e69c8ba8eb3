import { prepareDatabase } from './ops/prepare-database.ts';

// `npm run migrate`: before a new version of the API and of the worker is started.
const databaseUrl = process.env['DATABASE_URL'] ?? '';
const isQueueOnRedis = (process.env['REDIS_URL'] ?? '') !== '';
try {
  if (databaseUrl === '') {
    throw new Error('DATABASE_URL is not set. Give the URL of the PostgreSQL to bring up to date.');
  }
  await prepareDatabase(databaseUrl, isQueueOnRedis);
  process.stdout.write('the database is up to date\n');
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
