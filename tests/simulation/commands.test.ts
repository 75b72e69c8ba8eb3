/** The commands as a person starts them. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const FOLDER = join(import.meta.dirname, '../../tools/simulation');

/** What a program of the simulation says, and the code with which it ends. */
const run = (program: string, ...words: string[]) =>
  new Promise<{ readonly code: number | string; readonly said: string }>((resolve) => {
    execFile(
      process.execPath,
      [join(FOLDER, program), ...words],
      { timeout: 60_000 },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : (error.code ?? 'killed'), said: `${stdout}${stderr}` }),
    );
  });

describe('npm run simulate', () => {
  test('tells one seed line by line, and ends well', async () => {
    const { code, said } = await run('run.ts', '--seed', '42');

    expect(code).toBe(0);
    expect(said).toMatch(/commits "putAppointment appointment 11" -> stored/);
    expect(said).toMatch(/Nothing went wrong\. The hash of all this is [0-9a-f]{8}\./);
  });

  test('says what it covered, how fast, and what to do next', async () => {
    const { code, said } = await run('run.ts', '--seeds', '60', '--from', '500');

    expect(code).toBe(0);
    expect(said).toMatch(/60 seeds, 500 to 559, \d+ a minute on two threads/);
    expect(said).toMatch(/ {2}outcome_lost +\d+/);
    expect(said).toMatch(/Next: npm run simulate:mutants/);
  });

  test('prints its usage for arguments that make no sense, and ends with 2', async () => {
    const { code, said } = await run('run.ts', '--seeds', 'many');

    expect(code).toBe(2);
    expect(said).toMatch(/--seeds takes a whole number from 0 to 999999999, not many/);
    expect(said).toMatch(/npm run simulate -- --seed 42/);
  });
});

describe('npm run simulate:mutants', () => {
  test('finds a mutant that it is asked for by a word of its name, and says by which seed', async () => {
    const { code, said } = await run('mutants/run-mutants.ts', 'before the commit');

    expect(code).toBe(0);
    expect(said).toMatch(/found by seed \d+ +[\d.]+ s {2}alarms are armed before the commit/);
    expect(said).toMatch(/(\d+) of \1 mutants were found/);
  });

  test('says so where no mutant has such a name', async () => {
    expect(await run('mutants/run-mutants.ts', 'no fault at all')).toMatchObject({ code: 2 });
  });
});
