import { readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runScript } from '../standalone/program.ts';
import { makeTemporaryDirectory } from '../standalone/temporary-directory.ts';

/** Some 20 seconds on a machine that has nothing else to do. */
const PATIENCE_MS = 120_000;
const PROJECT_DIR = join(import.meta.dirname, '..', '..');

let directory: string;

beforeEach(async () => {
  directory = await makeTemporaryDirectory();
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const startDemo = () =>
  runScript('../../tools/demo/demo.ts', [], {
    TMPDIR: directory,
    // Settings of a real installation, which the demo must not touch.
    DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/real',
    REDIS_URL: 'redis://127.0.0.1:1',
    SESSION_INTERVAL_SECONDS: '600',
  });

describe('npm run demo', () => {
  test(
    'plays six appointments on a product of its own, finds every ledger right and leaves nothing behind',
    { timeout: PATIENCE_MS },
    async () => {
      const demo = startDemo();

      expect(await demo.exitCode, demo.output()).toBe(0);
      const output = demo.output();
      expect(output.match(/The ledger is what the rules say\./g)).toHaveLength(6);
      expect(output).toContain('All 6 ledgers are what the rules say.');
      expect(output).toMatch(/^ +2\.\d{3} s {2}2 {2}the session ends, because nobody wrote$/m);
      expect(output).toMatch(/block 1 is complete: one unit is taken \(written \d+\.\d s later\)/);
      expect(output).toContain('npm start');
      for (const secretOrPath of [directory, PROJECT_DIR, homedir(), 'eyJ', 'postgresql:', '\u001B'])
        expect(output).not.toContain(secretOrPath);

      expect(await readdir(directory)).toEqual([]);
    },
  );

  test(
    'stops everything and leaves nothing behind when it is interrupted half-way',
    { timeout: PATIENCE_MS },
    async () => {
      const demo = startDemo();
      await demo.untilPrinted('the patient writes');
      demo.kill('SIGINT');
      demo.kill('SIGINT');

      expect(await demo.exitCode).toBe(130);
      expect(demo.output()).toContain('Interrupted.');
      expect(demo.output()).not.toContain('Differs');
      expect(await readdir(directory)).toEqual([]);
    },
  );
});
