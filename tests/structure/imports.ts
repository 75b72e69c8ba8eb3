/** What a source file imports, from its own statements. */
import { dirname, join, normalize } from 'node:path/posix';
import { withoutComments } from './source-text.ts';
import type { SourceFile } from './source-files.ts';

export interface Import {
  /** As it is written: `node:fs`, `pg`, `../billing/end.ts`. */
  readonly specifier: string;
  /** Of types alone: nothing of it is left when the program runs. */
  readonly isType: boolean;
}

const STATEMENT =
  /(?:^|[;}\n])\s*(?:import|export)\s+(type\s+)?(?:(?:[\w$*{][^'";]*?)\sfrom\s*)?(['"])((?:(?!\2).)+)\2/g;
const CALL = /\b(?:import|require|import\.meta\.resolve)\(\s*(['"])((?:(?!\1).)+)\1/g;

export function importsOf(text: string): readonly Import[] {
  const code = withoutComments(text);
  return [
    ...[...code.matchAll(STATEMENT)].map((match) => ({
      specifier: match[3] ?? '',
      isType: match[1] !== undefined,
    })),
    ...[...code.matchAll(CALL)].map((match) => ({ specifier: match[2] ?? '', isType: false })),
  ];
}

/** Where a relative import leads, from the root; null for a package and for a part of Node. */
export const targetOf = (file: Pick<SourceFile, 'path'>, { specifier }: Import): string | null =>
  specifier.startsWith('.') ? normalize(join(dirname(file.path), specifier)) : null;

/** The package's name; null for a relative import and for a part of Node. */
export function packageOf({ specifier }: Import): string | null {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return null;
  const [first = '', second] = specifier.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}
