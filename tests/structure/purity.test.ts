/** What the lower floors must not touch: the clock, chance, the environment. Each check is shown to be able to fail. */
import { describe, expect, test } from 'vitest';
import { isInside } from './layers.ts';
import { codeOf } from './source-text.ts';
import { programFiles, type SourceFile } from './source-files.ts';

const files = programFiles();
const inside = (...folders: string[]) =>
  files.filter(({ path }) => folders.some((folder) => isInside(folder, path)));

/** `src/a.ts:3 Date.now(`: every place in the code, comments and texts apart. */
const placesOf = (found: readonly SourceFile[], pattern: RegExp): readonly string[] =>
  found.flatMap(({ path, text }) =>
    codeOf(text)
      .split('\n')
      .flatMap((line, index) => {
        const match = pattern.exec(line);
        return match === null ? [] : [`${path}:${index + 1} ${match[0]}`];
      }),
  );

/** A date that is made of an instant reads no clock. */
const CLOCK = /\bDate\.now\b|\bnew Date\b(?!\(\w)|(?<!\bnew )\bDate\(|\bTemporal\.Now\b/;
const WORLD =
  /\b(?:performance|process|globalThis|console|crypto|fetch|setTimeout|setInterval|setImmediate|queueMicrotask)\b|\bMath\.random\b/;
const STATE = /^(?:let|var)\b/;
const WAITING = /\bsetTimeout\b|\bsetInterval\b|\bsetImmediate\b/;
const SUSPENDED = /\basync\b|\bawait\b|\bPromise\b/;
const ENVIRONMENT = /\bprocess\.env\b|\benv\b(?=\s*\}\s*=\s*process\b)/;

describe('the ground floor', () => {
  test.each([
    ['reads no clock', CLOCK],
    ['knows no world outside', WORLD],
    ['keeps nothing from one call to the next', STATE],
    ['waits for nothing', SUSPENDED],
  ])('%s (%s)', (_what, pattern) => {
    const billing = inside('src/billing');

    expect(billing.length).toBeGreaterThan(20);
    expect(placesOf(billing, pattern)).toEqual([]);
  });
});

describe('the explanations', () => {
  test.each([CLOCK, WORLD, STATE, SUSPENDED])(
    'are made of what they are given, and of nothing else (%s)',
    (pattern) => {
      const explanations = inside('src/explanations');

      expect(explanations.length).toBeGreaterThan(5);
      expect(placesOf(explanations, pattern)).toEqual([]);
    },
  );
});

describe('the command handlers', () => {
  test('read no clock: now comes from the store', () => {
    expect(placesOf(inside('src/sessions'), CLOCK)).toEqual([]);
  });

  test('set no timer', () => {
    expect(placesOf(inside('src/sessions'), WAITING)).toEqual([]);
  });

  test('keep nothing outside of what they were given', () => {
    expect(placesOf(inside('src/sessions'), STATE)).toEqual([]);
  });
});

describe('the environment', () => {
  /** Where a program begins, and what hands its environment on to a child. Tools have their own `*.config.ts`. */
  const READERS = new Set([
    'src/audit-command.ts',
    'src/config.ts',
    'src/doctor-command.ts',
    'src/standalone/server-process.ts',
    'src/migrate.ts',
    'src/standalone/start-command.ts',
    'src/storage/migrate.ts',
  ]);
  const isToolsOwn = (path: string) => /^[\w.-]+\.config\.ts$/.test(path);

  test('is read in these few places only', () => {
    const readers = new Set(placesOf(files, ENVIRONMENT).map((place) => place.replace(/:.*/, '')));

    expect([...readers].filter((path) => !READERS.has(path) && !isToolsOwn(path))).toEqual([]);
  });
});

describe('a file that broke this', () => {
  const placesIn = (text: string, pattern: RegExp) => placesOf([{ path: 'a.ts', text }], pattern);

  test.each([
    ['const now = Date.now();', CLOCK, 'Date.now'],
    ['const now = new Date();', CLOCK, 'new Date'],
    ['const now = Date();', CLOCK, 'Date('],
    ['const chance = Math.random();', WORLD, 'Math.random'],
    ['performance.now();', WORLD, 'performance'],
    ['console.log(1);', WORLD, 'console'],
    ['let counter = 0;', STATE, 'let'],
    ['setTimeout(look, 1000);', WAITING, 'setTimeout'],
    ['export async function a() {}', SUSPENDED, 'async'],
    ["const port = process.env['PORT'];", ENVIRONMENT, 'process.env'],
    ['const { env } = process;', ENVIRONMENT, 'env'],
  ])('would be found by %j', (text, pattern, found) => {
    expect(placesIn(`/** A comment. */\n${text}`, pattern)).toEqual([`a.ts:2 ${found}`]);
  });

  test.each([
    ['// Date.now() is the clock of the process', CLOCK],
    ['/** Never `new Date()` here. */', CLOCK],
    ["const text = 'new Date()';", CLOCK],
    ['function a() {\n  let counter = 0;\n}', STATE],
    ["const name = 'process.env';", ENVIRONMENT],
    ['export const updated = update(account);', CLOCK],
    ['const text = new Date(at).toISOString();', CLOCK],
  ])('is no file like %j', (text, pattern) => {
    expect(placesIn(text, pattern)).toEqual([]);
  });
});
