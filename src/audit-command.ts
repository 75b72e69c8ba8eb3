import { resolve } from 'node:path';
import { audit, type PageSize } from './audit/audit.ts';
import { type AuditArguments, AUDIT_USAGE, readAuditArguments } from './audit-arguments.ts';
import { summaryLine, tableHead, tableRow } from './audit/table.ts';
import { createConfigReader } from './config-reader.ts';
import { breathingEvery } from './auditing.ts';
import { runningServerUrl } from './standalone/running-server.ts';
import { openDatabase } from './storage/database.ts';

// `npm run audit`: reads, compares and tells. 0 = no difference, 1 = differences, 2 = it could not run.

const PAGE: PageSize = { accounts: 500, events: 20_000 };

/** Nobody else waits here, but PostgreSQL: it fetches the next page while this one is worked out. */
const SLICE_MS = 1;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function run({ request, isJson }: Extract<AuditArguments, { kind: 'request' }>): Promise<number> {
  const startedAt = performance.now();
  const database = openDatabase({
    url: await databaseUrl(),
    maxConnections: 2,
    applicationName: 'session-engine audit',
  });
  let isFirst = true;
  try {
    const summary = await audit({
      request,
      size: PAGE,
      readPage: database.audit.readPage,
      onDrift: (drift) => {
        if (isFirst && !isJson) print(tableHead());
        isFirst = false;
        print(isJson ? JSON.stringify({ drift }) : tableRow(drift));
      },
      breathe: breathingEvery(SLICE_MS),
      goOn: () => true,
    });
    const seconds = (performance.now() - startedAt) / 1000;
    print(isJson ? JSON.stringify({ summary: { ...summary, seconds } }) : summaryLine(summary, seconds));
    return summary.differences === 0 ? 0 : 1;
  } finally {
    await database.close();
  }
}

/** That of the environment, or of the server that `npm start` runs on DATA_DIR. */
async function databaseUrl(): Promise<string> {
  const read = createConfigReader(process.env);
  const given = read.databaseUrl('DATABASE_URL');
  if (read.mistakes.length > 0) throw new Error(read.mistakes.join('\n'));
  if (given !== null) return given;
  const dataDir = resolve(read.text('DATA_DIR') ?? '.data');
  const running = await runningServerUrl(dataDir);
  if (running !== null) return running;
  throw new Error(
    `DATABASE_URL is not set, and no database of our own runs in ${dataDir}. Give the URL of the PostgreSQL to audit, or run \`npm start\` in another terminal and ask again (with the same DATA_DIR).`,
  );
}

const given = readAuditArguments(process.argv.slice(2));
switch (given.kind) {
  case 'help':
    process.stdout.write(AUDIT_USAGE);
    break;
  case 'mistakes':
    process.stderr.write(`${given.mistakes.join('\n')}\n\n${AUDIT_USAGE}`);
    process.exitCode = 2;
    break;
  case 'request':
    try {
      process.exitCode = await run(given);
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 2;
    }
}
