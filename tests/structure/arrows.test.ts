/** Arrows point down only, asked of the imports themselves. Each check is shown to be able to fail. */
import { describe, expect, test } from 'vitest';
import { cyclesIn, forbiddenArrows, importersOf } from './arrows.ts';
import { importsOf, targetOf } from './imports.ts';
import { isInside, LAYERS, TOOL_LAYERS } from './layers.ts';
import { allFiles, programFiles, type SourceFile } from './source-files.ts';

const files = programFiles();
const everything = allFiles();
const ALL_LAYERS = [...LAYERS, ...TOOL_LAYERS];
const madeUp = (path: string, ...imports: string[]): SourceFile => ({
  path,
  text: imports.map((specifier) => `import { something } from '${specifier}';`).join('\n'),
});

/** Tools that a test imports although it tests another part. */
function strangeTools(file: SourceFile): readonly string[] {
  const [, folder] = /^tests\/([^/]+)\//.exec(file.path) ?? [];
  if (folder === undefined) return [];
  return importsOf(file.text)
    .flatMap((found) => targetOf(file, found) ?? [])
    .filter((target) => isInside('tools', target))
    .filter((target) => !isInside('tools/kit', target) && !isInside(`tools/${folder}`, target))
    .map((target) => `${file.path} imports ${target}`);
}

describe('the arrows between the layers', () => {
  test.each(ALL_LAYERS.map(({ folder }) => folder))('of %s point down only', (folder) => {
    const layer = ALL_LAYERS.filter((candidate) => candidate.folder === folder);
    const own = everything.filter(({ path }) => isInside(folder, path));

    expect(own.length).toBeGreaterThan(0);
    expect(forbiddenArrows(own, layer)).toEqual([]);
  });

  test('are asked of every file but the tests', () => {
    const asked = everything.filter(({ path }) => !path.startsWith('tests/'));
    const unasked = asked.filter(({ path }) => !ALL_LAYERS.some(({ folder }) => isInside(folder, path)));

    expect(unasked.map(({ path }) => path).filter((path) => path.includes('/'))).toEqual([]);
  });

  test('of a test lead to no tool but the kit and the one that it tests', () => {
    expect(everything.flatMap(strangeTools)).toEqual([]);
    expect(strangeTools(madeUp('tests/chaos/a.test.ts', '../../tools/bench/load.ts'))).toHaveLength(1);
    expect(
      strangeTools(madeUp('tests/chaos/a.test.ts', '../../tools/kit/redis.ts', '../../tools/chaos/fault.ts')),
    ).toEqual([]);
  });

  test.each([
    ['src/billing/made-up.ts', '../sessions/store.ts'],
    ['src/client/made-up.ts', '../billing/ids.ts'],
    ['src/client/made-up.ts', 'node:crypto'],
    ['src/client/made-up.ts', 'ws'],
    ['src/http/made-up.ts', '../client/clock.ts'],
    ['src/billing/made-up.ts', 'node:crypto'],
    ['src/billing/made-up.ts', 'fast-check'],
    ['src/sessions/made-up.ts', '../storage/store.ts'],
    ['src/sessions/made-up.ts', '../timers/alarms.ts'],
    ['src/sessions/made-up.ts', 'node:timers'],
    ['src/sessions/made-up.ts', 'bullmq'],
    ['src/storage/made-up.ts', '../http/app.ts'],
    ['src/storage/made-up.ts', '../timers/alarms.ts'],
    ['src/storage/made-up.ts', 'bullmq'],
    ['src/alarms/made-up.ts', '../billing/settle.ts'],
    ['src/alarms/made-up.ts', '../sessions/executor.ts'],
    ['src/alarms/made-up.ts', '@prisma/client'],
    ['src/standalone/made-up.ts', '../billing/ids.ts'],
    ['src/http/made-up.ts', '../storage/store.ts'],
    ['src/http/documentation/made-up.ts', '../../timers/alarms.ts'],
    ['src/http/made-up.ts', '../wiring.ts'],
    ['src/http/made-up.ts', 'pg'],
    ['src/http/made-up.ts', 'bullmq'],
    ['src/made-up.ts', '../workers/worker.ts'],
    ['src/made-up.ts', '@prisma/client'],
    ['workers/made-up.ts', '../src/billing/settle.ts'],
    ['workers/made-up.ts', '../src/storage/store.ts'],
    ['workers/made-up.ts', '../src/http/app.ts'],
    ['prisma/made-up.ts', '../src/storage/store.ts'],
    ['web/src/made-up.ts', '../../src/http/answers/me.ts'],
    ['web/src/made-up.ts', '../../src/http/schemas.ts'],
    ['web/src/made-up.ts', '../../src/client/contract.ts'],
    ['web/src/made-up.ts', 'node:path'],
    ['web/src/made-up.ts', 'typebox'],
    ['tools/kit/made-up.ts', '../chaos/fault.ts'],
    ['tools/chaos/made-up.ts', '../demo/demo.ts'],
    ['tools/bench/made-up.ts', '../engine/clinic.ts'],
  ])('would be found to break if %s imported %s', (path, specifier) => {
    expect(forbiddenArrows([madeUp(path, specifier)], ALL_LAYERS)).toEqual([
      `${path} may not import ${specifier}`,
    ]);
  });

  test('would be found to break by a type as well, but for the queues that the board shows', () => {
    const text = "import type { Thing } from 'bullmq';";

    expect(forbiddenArrows([{ path: 'src/sessions/made-up.ts', text }], LAYERS)).toHaveLength(1);
    expect(forbiddenArrows([{ path: 'src/http/made-up.ts', text }], LAYERS)).toEqual([]);
  });
});

describe('the console', () => {
  const STAR = /^import(?: type)? \* as/m;

  test('knows of the server the types of its answers', () => {
    const text = "import type { meSchema } from '../../src/http/answers/me.ts';";

    expect(forbiddenArrows([{ path: 'web/src/made-up.ts', text }], LAYERS)).toEqual([]);
    expect(
      forbiddenArrows([{ path: 'web/src/made-up.ts', text: text.replace('answers/me', 'app') }], LAYERS),
    ).toHaveLength(1);
  });

  test('names what it imports: of a whole package, no bundler leaves anything out', () => {
    const web = everything.filter(({ path }) => isInside('web', path));

    expect(web.filter(({ text }) => STAR.test(text)).map(({ path }) => path)).toEqual([]);
    expect("import * as aria from 'react-aria-components';").toMatch(STAR);
  });
});

describe('who knows what', () => {
  test('only the storage and the schema engine know Prisma', () => {
    const knowing = importersOf(files, (name) => name.startsWith('@prisma/') || name === 'prisma');
    const generated = files.filter(({ text }) =>
      importsOf(text).some(({ specifier }) => specifier.includes('generated')),
    );

    expect(knowing).not.toEqual([]);
    expect(generated).not.toEqual([]);
    for (const path of knowing) expect(path).toMatch(/^(src\/storage|prisma)\//);
    for (const { path } of generated) expect(path).toMatch(/^src\/storage\//);
  });

  test('only the storage, the embedded server, the queue and the bus on PostgreSQL speak to PostgreSQL', () => {
    const knowing = importersOf(files, (name) => name === 'pg');

    expect(knowing.filter((path) => !/^(src\/storage|src\/standalone|prisma)\//.test(path))).toEqual([
      'src/alarms/postgres.ts',
      'src/live/postgres-transport.ts',
    ]);
  });

  test('only the alarms know BullMQ, the bus knows Redis, and the board knows the type of a queue', () => {
    const knowing = importersOf(files, (name) => name === 'bullmq' || name === 'ioredis');

    expect(knowing.filter((path) => !/^(src\/alarms|workers)\//.test(path)).sort()).toEqual([
      'src/http/app-options.ts',
      'src/http/board/queue-adapter.ts',
      'src/http/board/queue-board.ts',
      'src/live/redis-transport.ts',
    ]);
  });

  test('only one file of the client knows React', () => {
    expect(importersOf(files, (name) => name === 'react')).toEqual(['src/client/react.ts']);
  });

  test('would be found out by a package that is imported where it should not be', () => {
    const found = importersOf(
      [madeUp('src/a.ts', 'pg'), madeUp('src/b.ts', './pg.ts')],
      (name) => name === 'pg',
    );

    expect(found).toEqual(['src/a.ts']);
  });
});

describe('the files of the project', () => {
  test('import each other in no circle', () => {
    expect(cyclesIn(everything)).toEqual([]);
  });

  test('would be found in a circle, also a long one and one of types', () => {
    const three = [
      madeUp('src/a.ts', './b.ts'),
      madeUp('src/b.ts', './c/d.ts'),
      madeUp('src/c/d.ts', '../a.ts'),
    ];
    const self = { path: 'src/a.ts', text: "import type { A } from './a.ts';" };

    expect(cyclesIn(three)).toEqual(['src/a.ts -> src/b.ts -> src/c/d.ts -> src/a.ts']);
    expect(cyclesIn([self])).toEqual(['src/a.ts -> src/a.ts']);
    expect(cyclesIn(three.slice(0, 2))).toEqual([]);
  });
});

describe('reading imports', () => {
  test.each([
    ["import { a } from './a.ts';", './a.ts', false],
    ["import type { A } from './a.ts';", './a.ts', true],
    ["import a, { b } from 'pg';", 'pg', false],
    ["import * as a from 'node:fs';", 'node:fs', false],
    ["import './a.ts';", './a.ts', false],
    ["export { a } from './a.ts';", './a.ts', false],
    ["export type { A } from './a.ts';", './a.ts', true],
    ["export * from './a.ts';", './a.ts', false],
    ["import {\n  a,\n  type B,\n} from './a.ts';", './a.ts', false],
    ["const a = await import('./a.ts');", './a.ts', false],
    ["const a = require('pg');", 'pg', false],
    ["const a = 1; // it's late\nimport { b } from './a.ts';", './a.ts', false],
    ["const a = /['\"]/;\nimport { b } from './a.ts';", './a.ts', false],
    ['const a = `a\'b`;\nimport { b } from "./a.ts";', './a.ts', false],
  ])('finds the one in %j', (text, specifier, isType) => {
    expect(importsOf(text)).toEqual([{ specifier, isType }]);
  });

  test.each([
    "// import { a } from './a.ts';",
    "/* import { a } from './a.ts'; */",
    "/**\n * import { a } from './a.ts';\n */",
    'const text = "import a from b";',
    "export const from = 'here';",
    "export function a() {}\nconst b = 'from';",
  ])('finds none in %j', (text) => {
    expect(importsOf(text)).toEqual([]);
  });
});
