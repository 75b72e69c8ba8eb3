import { readFile } from 'node:fs/promises';
import * as glue from '@prisma/schema-engine-wasm/schema_engine_bg';
import { SchemaEngine, __wbg_set_wasm as bindGlue } from '@prisma/schema-engine-wasm/schema_engine_bg';

/** The part of the global that is used; TypeScript knows it only together with the whole of the browser. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

/**
 * The engine's class, ready to use. The package's own entry imports the `.wasm` file as a module, which
 * makes Node print a warning into the log that Prisma's command line parses; so it is put together here.
 */
export async function loadSchemaEngine(): Promise<typeof SchemaEngine> {
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
