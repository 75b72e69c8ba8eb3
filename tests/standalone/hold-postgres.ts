// Runs an embedded PostgreSQL until it is killed. Prints the server's URL.
import { startEmbeddedPostgres } from '../../src/standalone/postgres.ts';

const [dataDir = ''] = process.argv.slice(2);
const postgres = await startEmbeddedPostgres({ dataDir, log: () => {} });
process.stdout.write(`ready ${postgres.url}\n`);
