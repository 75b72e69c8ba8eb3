/** The project's own TypeScript files: paths from the root, with `/`. What is generated is nobody's writing. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

export interface SourceFile {
  /** From the project's root: `src/billing/end.ts`. */
  readonly path: string;
  readonly text: string;
}

export const ROOT = join(import.meta.dirname, '../..');

const GENERATED = 'src/storage/generated';
const PROGRAMS = ['src', 'workers', 'prisma'];
const EVERYTHING = [...PROGRAMS, 'tests', 'tools', 'web'];

/** What runs in production. */
export const programFiles = (): readonly SourceFile[] => filesIn(PROGRAMS);

/** That, the tests and whatever else there is. */
export const allFiles = (): readonly SourceFile[] => filesIn(EVERYTHING);

function filesIn(folders: readonly string[]): readonly SourceFile[] {
  const paths = folders.flatMap((folder) =>
    isThere(folder) ? readdirSync(join(ROOT, folder), OPTIONS) : [],
  );
  const configs = readdirSync(ROOT, { withFileTypes: true });
  return [...paths, ...configs]
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.startsWith(GENERATED))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

const OPTIONS = { recursive: true, withFileTypes: true } as const;

/** Whether the project has this file or folder. */
export const isThere = (path: string): boolean =>
  statSync(join(ROOT, path), { throwIfNoEntry: false }) !== undefined;
