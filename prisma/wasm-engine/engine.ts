#!/usr/bin/env node
// Stands where Prisma's command line expects its native schema engine. The native one is downloaded from
// a host that firewalls often block; this one is the same engine compiled to WebAssembly, from npm.
// The command line speaks JSON-RPC over stdin and stdout, one message a line, and reads a log from stderr.
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { connectForMigrations } from './database.ts';
import { checkOrCreateDatabase } from './database-command.ts';
import { loadSchemaEngine } from './load.ts';
import { endOnPanic } from './panic.ts';
import { answer } from './protocol.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    datasource: { type: 'string' },
    datamodels: { type: 'string', multiple: true },
  },
});

const url = readUrl(values.datasource);

if (positionals[0] === 'cli') {
  process.exitCode = await checkOrCreateDatabase(url, positionals[1] ?? '');
} else {
  await serve();
}

async function serve(): Promise<void> {
  const paths = (values.datamodels ?? []).filter((path) => typeof path === 'string');
  const datamodels = await Promise.all(
    paths.map(async (path): Promise<[string, string]> => [path, await readFile(path, 'utf8')]),
  );
  endOnPanic();
  const SchemaEngine = await loadSchemaEngine();
  const engine = await SchemaEngine.new(
    { datamodels: datamodels.length === 0 ? undefined : datamodels },
    (line: string) => process.stderr.write(`${line}\n`),
    connectForMigrations(url),
  );
  for await (const line of createInterface({ input: process.stdin })) {
    for (const message of await answer(engine, line)) {
      process.stdout.write(`${JSON.stringify(message)}\n`);
    }
  }
  // The engine keeps its connection open for as long as it lives; the end of stdin is the end of the command.
  process.exit(0);
}

function readUrl(datasource: unknown): string {
  if (typeof datasource !== 'string') {
    return '';
  }
  const parsed: unknown = JSON.parse(datasource);
  const isObject = typeof parsed === 'object' && parsed !== null;
  return isObject && 'url' in parsed && typeof parsed.url === 'string' ? parsed.url : '';
}
