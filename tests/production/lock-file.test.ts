import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

// npm writes no entry for a package of another platform that its registry did not have at that moment, and
// `npm ci` then refuses the whole file, on every machine.
test('the lock file names every platform that a package comes in, so that npm ci accepts it', async () => {
  const lockFile = new URL('../../package-lock.json', import.meta.url);
  const { packages }: { packages: Record<string, LockedPackage> } = JSON.parse(
    await readFile(lockFile, 'utf8'),
  );
  const missing = Object.entries(packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {}).filter(
      (name) =>
        packages[`${path}/node_modules/${name}`] === undefined &&
        packages[`node_modules/${name}`] === undefined,
    ),
  );
  expect(missing).toEqual([]);
});
