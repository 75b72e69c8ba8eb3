// Runs a temporary PostgreSQL until it is killed. Prints where it is.
import { startTemporaryPostgres } from '../../src/standalone/postgres.ts';

const { pid, cluster } = await startTemporaryPostgres({ log: () => {}, settings: { fsync: 'off' } });
process.stdout.write(`ready ${JSON.stringify({ pid, cluster })}\n`);
