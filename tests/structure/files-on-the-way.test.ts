/** How many files a newcomer opens to follow a start, and an alarm, from end to end. */
import { expect, test } from 'vitest';
import { ALARM, filesOnTheWay, START } from './files-on-the-way.ts';
import { programFiles, type SourceFile } from './source-files.ts';

const files = programFiles();

test('a start is followed from the program to the SQL and the armed alarm in 35 files', () => {
  expect(filesOnTheWay(START, files).length).toBeLessThanOrEqual(35);
});

test('an alarm is followed from the worker to the command that settles in 12 files', () => {
  expect(filesOnTheWay(ALARM, files).length).toBeLessThanOrEqual(12);
});

const chain: readonly SourceFile[] = [
  { path: 'src/a.ts', text: "import { b } from './b.ts';\nexport function a() {}" },
  {
    path: 'src/b.ts',
    text: "import { c } from './c.ts';\nimport type { D } from './d.ts';\nexport const b = c;",
  },
  { path: 'src/c.ts', text: 'export async function c() {}' },
  { path: 'src/d.ts', text: 'export const d = 1;\nexport interface D {}' },
];

test('the files between two named functions are counted, and those imported for their types are not', () => {
  expect(filesOnTheWay([['a', 'c']], chain)).toEqual(['src/a.ts', 'src/b.ts', 'src/c.ts']);
});

test('a way is refused whose functions are not declared once, or do not lead to each other', () => {
  const twice = [...chain, { path: 'src/e.ts', text: 'export const c = 2;' }];

  expect(() => filesOnTheWay([['a', 'z']], chain)).toThrow('z is declared in 0 files');
  expect(() => filesOnTheWay([['a', 'c']], twice)).toThrow('c is declared in 2 files');
  expect(() => filesOnTheWay([['a', 'd']], chain)).toThrow('the file of a does not import that of d');
});
