import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { prepareDataDir } from '../../src/standalone/data-directory.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'data-directory-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('the data directory', () => {
  test('is made, with every directory above it that is missing, and may be there already', async () => {
    const dataDir = join(directory, 'a', 'b', 'data');
    await prepareDataDir(dataDir);
    expect((await stat(dataDir)).isDirectory()).toBe(true);
    await expect(prepareDataDir(dataDir)).resolves.not.toThrow();
  });

  test.for([
    ['a file', (inside: string) => inside, 'ENOTDIR'],
    ['below a file', (inside: string) => join(inside, 'data'), 'ENOTDIR'],
    ['where the system takes no directories, root or not', () => '/proc/data', 'ENOENT'],
    ['deeper there', () => '/proc/a/b/data', 'ENOENT'],
  ] as const)('is refused at once as %s', async ([, placeOf, code]) => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    await expect(prepareDataDir(placeOf(file))).rejects.toThrow(`cannot be written (${code})`);
  });
});
