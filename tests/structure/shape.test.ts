/** Habits that a reader may rely on in every file. Each check is shown to be able to fail. */
import { describe, expect, test } from 'vitest';
import { codeOf } from './source-text.ts';
import { allFiles, type SourceFile } from './source-files.ts';

const pathsOf = (files: readonly SourceFile[], isFound: (file: SourceFile) => boolean): readonly string[] =>
  files.filter(isFound).map(({ path }) => path);

const hasDefaultExport = ({ text }: SourceFile): boolean =>
  /\bexport\s+default\b|\bexport\s*\{[^}]*\bas\s+default\b/.test(codeOf(text));

/** A file that only hands on what others export. */
function isBarrel({ text }: SourceFile): boolean {
  const code = codeOf(text);
  const handedOn = /\bexport\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s*from\s*;?/g;
  return handedOn.test(code) && code.replaceAll(handedOn, '').trim() === '';
}

const TELLS_NOTHING = new Set([
  'utils',
  'util',
  'helpers',
  'helper',
  'common',
  'lib',
  'types',
  'misc',
  'shared',
  'index',
]);

const hasEmptyName = ({ path }: SourceFile): boolean =>
  path.split('/').some((part) => TELLS_NOTHING.has(part.replace(/(?:\.test)?\.tsx?$/, '')));

const madeUp = (text: string, path = 'src/made-up.ts'): SourceFile => ({ path, text });

describe('every file of the project', () => {
  test('exports by name; only configuration files have a default export', () => {
    const found = pathsOf(allFiles(), hasDefaultExport);

    expect(found.filter((path) => !/^[\w.-]+\.config\.ts$/.test(path))).toEqual([]);
  });

  test('would be found to have a default export', () => {
    expect(hasDefaultExport(madeUp('export default 1;'))).toBe(true);
    expect(hasDefaultExport(madeUp('const a = 1;\nexport { a as default };'))).toBe(true);
    expect(hasDefaultExport(madeUp("// export default\nexport const a = 'export default';"))).toBe(false);
  });

  test('has something of its own to say: none only hands on the exports of others', () => {
    expect(pathsOf(allFiles(), isBarrel)).toEqual([]);
  });

  test('would be found to hand on only', () => {
    expect(
      isBarrel(madeUp("/** All of it. */\nexport * from './a.ts';\nexport { b } from './b.ts';\n")),
    ).toBe(true);
    expect(isBarrel(madeUp("export type { A } from './a.ts';"))).toBe(true);
    expect(isBarrel(madeUp("export { a } from './a.ts';\nexport const b = 1;"))).toBe(false);
    expect(isBarrel(madeUp('const a = 1;\nexport { a };'))).toBe(false);
  });

  test('and every folder has a name that tells what is in it', () => {
    expect(pathsOf(allFiles(), hasEmptyName)).toEqual([]);
  });

  test.each([
    'src/utils/a.ts',
    'src/billing/helpers.ts',
    'tests/common/a.test.ts',
    'src/types.ts',
    'src/lib.test.ts',
  ])('would be found to be named emptily: %s', (path) => {
    expect(hasEmptyName(madeUp('', path))).toBe(true);
    expect(hasEmptyName(madeUp('', path.replace(/utils|helpers|common|types|lib/, 'naive-types')))).toBe(
      false,
    );
  });
});
