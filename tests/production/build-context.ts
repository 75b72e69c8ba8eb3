import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const PROJECT = join(import.meta.dirname, '..', '..');

interface Pattern {
  readonly form: RegExp;
  readonly isException: boolean;
}

const patterns: readonly Pattern[] = (await readFile(join(PROJECT, '.dockerignore'), 'utf8'))
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ form: formOf(line.replace(/^!/, '')), isException: line.startsWith('!') }));

/** As in Go's filepath.Match, where * takes a leading dot too; ** takes any number of directories, also none. */
function formOf(glob: string): RegExp {
  const escaped = glob.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('**/', '(.*/)?').replaceAll(/(?<!\.)\*/g, '[^/]*')}$`);
}

/** Whether the builder gets to see a file: as .dockerignore says, where the last line that fits decides. */
export function isSent(path: string): boolean {
  const segments = path.split('/');
  const itselfAndAbove = segments.map((_segment, index) => segments.slice(0, index + 1).join('/'));
  const last = patterns.findLast(({ form }) => itselfAndAbove.some((part) => form.test(part)));
  return last === undefined || last.isException;
}

/** Every file below a path of the project that the builder gets to see; a file's own path where it is one. */
export async function sentFiles(path: string): Promise<readonly string[]> {
  const below = await readdir(join(PROJECT, path), { recursive: true, withFileTypes: true }).catch(
    () => null,
  );
  const files =
    below === null
      ? [path]
      : below
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name).slice(PROJECT.length + 1));
  return files.filter(isSent);
}
