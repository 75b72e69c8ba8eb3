// Runs a throw-away PostgreSQL until it is killed. Prints where it is.
import { startThrowAwayPostgres } from '../../src/standalone/throw-away.ts';

const { pid, cluster } = await startThrowAwayPostgres({ log: () => {}, settings: { fsync: 'off' } });
process.stdout.write(`ready ${JSON.stringify({ pid, cluster })}\n`);
