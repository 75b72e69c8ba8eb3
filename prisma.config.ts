import { delimiter, dirname, join } from 'node:path';

// The schema engine comes from npm, not from Prisma's download host (see prisma/wasm-engine). Its first
// line asks for `node`: the project's own must be found first, or else the one that runs this, also without npm.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= join(import.meta.dirname, 'prisma/wasm-engine/engine.ts');
process.env['PATH'] = [
  join(import.meta.dirname, 'node_modules/.bin'),
  dirname(process.execPath),
  process.env['PATH'] ?? '',
].join(delimiter);
// The command line reads the engine's standard error as its log: a warning of Node there would hide what went wrong.
process.env['NODE_NO_WARNINGS'] = '1';
// No call home, no news of newer versions.
process.env['CHECKPOINT_DISABLE'] ??= '1';

export default {
  schema: join(import.meta.dirname, 'prisma/schema.prisma'),
  migrations: { path: join(import.meta.dirname, 'prisma/migrations') },
  datasource: { url: process.env['DATABASE_URL'] ?? '' },
};
