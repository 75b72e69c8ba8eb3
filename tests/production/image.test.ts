import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importsOf, packageOf } from '../structure/imports.ts';
import { programFiles, ROOT } from '../structure/source-files.ts';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifest: Manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));

// `npm run containers` builds the image and shows the rest.
test('the image has every package that a program of the product imports: none is for development alone', () => {
  const imported = new Set(
    programFiles().flatMap(({ path, text }) =>
      // The client is a package of its own, which the image has built in.
      path === 'vitest.config.ts' || path.startsWith('src/client/')
        ? []
        : importsOf(text).flatMap((one) => (one.isType ? [] : (packageOf(one) ?? []))),
    ),
  );
  expect(imported).toContain('fastify');
  expect([...imported].filter((name) => manifest.dependencies[name] === undefined)).toEqual([]);
});

test('the image has the Node that everything was tested with', async () => {
  const dockerfile = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
  expect(dockerfile).toContain(`ARG NODE_VERSION=${manifest.devDependencies['node']}\n`);
});

test('the image can start the schema engine, for its file can be executed', async () => {
  const { mode } = await stat(join(ROOT, 'prisma/wasm-engine/engine.ts'));
  expect(mode & 0o111).toBe(0o111);
});

test('what the image is made of reaches its builder, and the console that is built comes into it', async () => {
  const dockerfile = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
  const ignore = (await readFile(join(ROOT, '.dockerignore'), 'utf8')).split('\n');
  const copied = Array.from(dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm), ([, names = '']) =>
    names.split(' '),
  ).flat();
  expect(copied).toEqual(expect.arrayContaining(['tools/console', 'web', 'tsconfig.json']));
  for (const name of copied) {
    await stat(join(ROOT, name));
    expect([
      name,
      ignore.some((line) => line === `!${name}` || name.startsWith(`${line.slice(1)}/`)),
    ]).toEqual([name, true]);
  }
  expect(dockerfile).toContain('COPY --from=browser /app/web/dist ./web/dist\n');
});
