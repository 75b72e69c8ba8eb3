import { readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { PROJECT } from './build-context.ts';

export interface Imports {
  /** Files of the project, by their path in it, the entries included. */
  readonly files: ReadonlySet<string>;
  /** Packages that these files import, each by its name. */
  readonly packages: ReadonlySet<string>;
}

/** What a program loads: `import` and `export ... from` but for types, `import()`, and what `resolve` names. */
const forms = [
  /^import\s+(?!type\b)(?:[^'"();]*?\sfrom\s+)?['"]([^'"]+)['"]/gm,
  /^export\s+(?!type\b)[^'"();]*?\sfrom\s+['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
  /\bresolve\(\s*['"]([^'"]+)['"]\s*\)/g,
  /\bnew URL\(\s*['"](\.[^'"]*|[^'":/]+\.ts)['"]\s*,\s*import\.meta\.url/g,
];

/** Walks the imports of these entries, files of the project. */
export async function walkImports(entries: readonly string[]): Promise<Imports> {
  const files = new Set(entries);
  const packages = new Set<string>();
  // A set gives what is added to it while it is walked, too.
  for (const file of files) {
    for (const name of namesIn(await readFile(join(PROJECT, file), 'utf8'))) {
      if (name.startsWith('.') || name.endsWith('.ts')) files.add(join(dirname(file), name));
      else if (!isOfNode(name)) packages.add(packageOf(name));
    }
  }
  return { files, packages };
}

export const namesIn = (source: string): readonly string[] =>
  forms.flatMap((form) => Array.from(source.matchAll(form), ([, name = '']) => name));

const isOfNode = (name: string): boolean => name.startsWith('node:') || builtinModules.includes(name);

const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
