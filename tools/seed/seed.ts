import { resolve } from 'node:path';
import { createConfigReader } from '../../src/config-reader.ts';
import { SetupError } from '../../src/standalone/errors.ts';
import { readOptions } from '../kit/arguments.ts';
import { seedDatabase } from './seed-database.ts';

const USAGE = `npm run seed

Fills the database that npm start brings, as long as nothing is in it, with the last nine days of a small clinic, so that
every page of the console has something to show. DATA_DIR as for npm start, which is to be stopped meanwhile.
`;

/** The exit code. */
async function run(): Promise<number> {
  const given = readOptions(process.argv.slice(2), {});
  if (given.kind === 'mistake') {
    process.stderr.write(`${given.message}\n\n${USAGE}`);
    return 2;
  }
  if (given.kind === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  const read = createConfigReader(process.env);
  if (read.isGiven('DATABASE_URL')) {
    process.stderr.write('DATABASE_URL is set, and this is only for the database that npm start brings.\n');
    return 2;
  }
  const dataDir = resolve(read.text('DATA_DIR') ?? '.data');
  try {
    await seedDatabase({
      dataDir,
      nowMs: Date.now(),
      print: (line) => process.stdout.write(`${line}\n`),
    });
  } catch (error) {
    const stack = error instanceof Error ? error.stack : undefined;
    process.stderr.write(`${error instanceof SetupError ? error.message : (stack ?? String(error))}\n`);
    return 1;
  }
  process.stdout.write('done: npm start shows it\n');
  return 0;
}

process.exitCode = await run();
