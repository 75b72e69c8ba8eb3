import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildConsole } from '../../src/standalone/console.ts';
import { makeTemporaryDirectory } from './temporary-directory.ts';

let directory: string;
beforeAll(async () => {
  directory = await makeTemporaryDirectory();
});
afterAll(() => rm(directory, { recursive: true }));

/** What is printed where the builder is this program. */
async function printedWith(program: string | null): Promise<string[]> {
  const builder = join(directory, 'builder.mjs');
  if (program !== null) await writeFile(builder, program);
  const printed: string[] = [];
  await buildConsole(program === null ? null : builder, (line) => void printed.push(line));
  return printed;
}

test('the builder of the console says that it builds, and nothing where there is nothing to do', async () => {
  expect(await printedWith(`process.stdout.write('building the console, about 2 s\\n')`)).toEqual([
    'building the console, about 2 s',
  ]);
  expect(await printedWith('')).toEqual([]);
  expect(await printedWith(null)).toEqual([]);
});

test('a console that cannot be built stops nothing, and one line says why', async () => {
  const [line, ...others] = await printedWith(`await import('a-bundler-that-is-not-installed')`);
  expect(line).toMatch(
    /^the console could not be built, so there is none: Error.*a-bundler-that-is-not-installed/,
  );
  expect(others).toEqual([]);
});
