#!/usr/bin/env node
// Stands where Prisma's command line expects its native schema engine. The native one is downloaded from
// a host that firewalls often block; this one is the same engine compiled to WebAssembly, from npm.
// The command line speaks JSON-RPC over stdin and stdout, one message a line, and reads a log from stderr.
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import * as glue from '@prisma/schema-engine-wasm/schema_engine_bg';
import { SchemaEngine, __wbg_set_wasm as bindGlue } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { checkOrCreateDatabase, connectForMigrations } from './database.ts';
import { answer } from './protocol.ts';

/** The part of the global that is used; TypeScript knows it only together with the whole of the browser. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

const EXIT_CODE = 1;

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
  const Engine = await loadSchemaEngine();
  const engine = await Engine.new(
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

/**
 * The engine's class, ready to use. The package's own entry imports the `.wasm` file as a module, which
 * makes Node print a warning into the log that Prisma's command line parses; so it is put together here.
 */
async function loadSchemaEngine(): Promise<typeof SchemaEngine> {
  const file = new URL('schema_engine_bg.wasm', import.meta.resolve('@prisma/schema-engine-wasm'));
  const imports = { './schema_engine_bg.js': { ...glue } };
  const { instance } = await WebAssembly.instantiate(await readFile(file), imports);
  bindGlue(instance.exports);
  const start = instance.exports['__wbindgen_start'];
  if (typeof start !== 'function') {
    throw new TypeError(
      'this version of @prisma/schema-engine-wasm is not the one that this file was written for',
    );
  }
  start();
  return SchemaEngine;
}

/**
 * The engine reports its own defects to a global object before it stops for good. Without this the command
 * line would end with exit code 0 and without a word.
 */
function endOnPanic(): void {
  const registry = {
    set_message(message: string): void {
      const fields = { message: `the schema engine has failed: ${message}` };
      process.stderr.write(`${JSON.stringify({ level: 'ERROR', target: 'schema_engine', fields })}\n`);
      process.exit(EXIT_CODE);
    },
  };
  Object.defineProperty(globalThis, 'PRISMA_WASM_PANIC_REGISTRY', { value: registry });
}
