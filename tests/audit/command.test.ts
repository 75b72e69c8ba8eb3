import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Clinic } from '../engine/clinic.ts';
import { openLivedClinic } from './clinic-day.ts';

const COMMAND = join(import.meta.dirname, '../../src/audit-command.ts');

let clinic: Clinic;
let emptyDir: string;
beforeAll(async () => {
  [clinic, emptyDir] = await Promise.all([openLivedClinic(), mkdtemp(join(tmpdir(), 'audit-'))]);
});
afterAll(async () => {
  await clinic.close();
  await rm(emptyDir, { recursive: true });
});

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (args: readonly string[], environment: NodeJS.ProcessEnv = { DATABASE_URL: clinic.url }) =>
  new Promise<Ended>((resolve) => {
    const env = { PATH: process.env['PATH'], ...environment };
    execFile(process.execPath, [COMMAND, ...args], { env, timeout: 50_000 }, (error, stdout, stderr) =>
      resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr }),
    );
  });

describe('npm run audit', () => {
  test('says that nothing differs, and ends with 0', async () => {
    const { exitCode, stdout, stderr } = await run([]);

    expect(stderr).toBe('');
    expect(stdout).toMatch(
      /^12 accounts, 13 sessions, \d+ ledger entries and \d+ events read in [\d.]+ s: 0 differences\n$/,
    );
    expect(exitCode).toBe(0);
  });

  test('tells every difference as a row of a table or as JSON, and ends with 1', async () => {
    await clinic.sql.query('UPDATE grants SET held = 2 WHERE id = 1031');
    const [table, json, other] = await Promise.all([
      run([]),
      run(['--json']),
      run(['--patient', '104', '--from', '2026-11-22']),
    ]);
    await clinic.sql.query('UPDATE grants SET held = 0 WHERE id = 1031');

    expect(table.exitCode).toBe(1);
    expect(table.stdout.split('\n').slice(0, 2)).toEqual([
      'patient   session   grant     what                                expected                        found',
      '103       -         1031      grant: held                         0                               2',
    ]);
    expect(json.exitCode).toBe(1);
    expect(
      json.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([
      { drift: { kind: 'grant_differs', patientId: 103, grantId: 1031, expected: '0', found: '2' } },
      { summary: { accounts: 12, differences: 1, isComplete: true } },
    ]);
    expect(other).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^1 account, 1 session, /) });
  });

  test('ends with 2 and says what to do where it cannot run', async () => {
    const [mistakes, nowhere, away] = await Promise.all([
      run(['--from', 'yesterday', '--patient', '0', '--to', '2026-02-30']),
      run([], { DATA_DIR: emptyDir }),
      run([], { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' }),
    ]);

    expect(mistakes.exitCode).toBe(2);
    expect(mistakes.stderr).toMatch(
      /--from must be an instant.*\n--to must be an instant.*\n--patient must be/,
    );
    expect(nowhere.exitCode).toBe(2);
    expect(nowhere.stderr).toContain('DATABASE_URL is not set, and no database of our own runs in');
    expect(away.exitCode).toBe(2);
    expect(away.stderr).toContain('the database cannot be reached');
  });
});
