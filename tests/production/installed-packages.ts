import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT } from './build-context.ts';

interface LockedPackage {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly bin?: Readonly<Record<string, string>>;
}

/** What `npm ci` with these flags puts into node_modules, by its path there, as the lock file says. */
export async function installedPackages(command: string): Promise<ReadonlyMap<string, LockedPackage>> {
  const { packages }: { packages: Record<string, LockedPackage> } = JSON.parse(
    await readFile(join(PROJECT, 'package-lock.json'), 'utf8'),
  );
  const isWithout = (part: string): boolean => command.split(' ').includes(`--omit=${part}`);
  const isLeftOut = ({ dev, optional, devOptional }: LockedPackage): boolean =>
    (dev === true && isWithout('dev')) ||
    (optional === true && isWithout('optional')) ||
    (devOptional === true && isWithout('dev') && isWithout('optional'));
  return new Map(Object.entries(packages).filter(([path, found]) => path !== '' && !isLeftOut(found)));
}
