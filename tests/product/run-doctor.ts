/** `npm run doctor` as a process of its own, of which nothing secret may ever be read. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import { SECRET } from '../../tools/kit/tokens.ts';

export const ROOT = join(import.meta.dirname, '../..');
const COMMAND = join(ROOT, 'src/doctor-command.ts');

export const REDIS_PASSWORD = 'r3dis-s3cret';
export const HEARTBEAT_SECRET = 'h3artbeat-s3cret';

export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly figure: string;
  readonly do: string | null;
}

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Everything that is never to be printed. */
export const SECRETS = new Set([SECRET, REDIS_PASSWORD, HEARTBEAT_SECRET]);

export async function runDoctor(
  environment: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<Ended> {
  const ended = await new Promise<Ended>((resolve) => {
    const env = { PATH: process.env['PATH'], ...environment };
    execFile(process.execPath, [COMMAND, ...args], { env, cwd: ROOT }, (error, stdout, stderr) =>
      resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
  for (const secret of SECRETS) expect(ended.stdout + ended.stderr).not.toContain(secret);
  return ended;
}

export async function lookWithDoctor(environment: Readonly<Record<string, string>>) {
  const startMs = performance.now();
  const { exitCode, stdout, stderr } = await runDoctor(environment, '--json');
  const tookMs = performance.now() - startMs;
  expect(stderr).toBe('');
  const { checks }: { checks: readonly Check[] } = JSON.parse(stdout);
  return { exitCode, checks, tookMs };
}
