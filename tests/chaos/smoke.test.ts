import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { describeUnless } from '../../tools/kit/describe.ts';
import { whyMissing } from '../../tools/kit/system-programs.ts';

const run = promisify(execFile);
const CHAOS = join(import.meta.dirname, '../../tools/chaos/chaos.ts');
const TIMEOUT_MS = 240_000;

await describeUnless(await whyMissing('redis-server'), 'a short chaos run with real processes', () => {
  test(
    'kills an API and a worker at named moments, empties Redis, and finds nothing lost and nothing doubled',
    async () => {
      const directory = await mkdtemp(join(tmpdir(), 'chaos-smoke-'));
      const report = join(directory, 'report.md');
      const faults = 'kill-api-after-commit,kill-worker-before-rearming,redis-emptied';
      const args = [
        '--seed',
        '7',
        '--minutes',
        '0.3',
        '--patients',
        '40',
        '--faults',
        faults,
        '--report',
        report,
      ];
      // What it says is shown where it fails.
      const { stdout } = await run(process.execPath, [CHAOS, ...args], { timeout: TIMEOUT_MS });
      expect(stdout).toContain('Nothing is lost, nothing is doubled');
      const written = await readFile(report, 'utf8');
      expect(written).toContain('No difference was found.');
      expect(written).toMatch(/^\| kill-|^\| redis-emptied/m);
      await rm(directory, { recursive: true });
    },
    TIMEOUT_MS,
  );
});
