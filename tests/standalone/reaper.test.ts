import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { isAlive } from '../../src/standalone/server-process.ts';
import { childrenOf, killTree, signalTree } from '../../tools/kit/process-tree.ts';
import { runScript } from './program.ts';

const eventually = { timeout: 20_000, interval: 25 };

describe('what a killed process leaves behind', () => {
  const left: number[] = [];
  afterEach(async () => {
    for (const pid of left.splice(0)) await killTree(pid);
  });

  /** Runs the script until it has printed what it holds, does this to what it holds, and kills the script. */
  async function killHolder(script: string, before: (pid: number) => Promise<void>) {
    const holder = runScript(script, []);
    await holder.untilPrinted('\n');
    const held: { pid: number; child?: number; cluster?: string } = JSON.parse(
      holder.output().slice('ready '.length),
    );
    left.push(held.pid, ...(held.child === undefined ? [] : [held.child]));
    await before(held.pid);
    holder.kill('SIGKILL');
    await holder.exitCode;
    return held;
  }

  test('is ended where it stands still, with each of its processes and its data', async () => {
    let processes: readonly number[] = [];
    const { cluster = '' } = await killHolder('hold-temporary.ts', async (pid) => {
      processes = [pid, ...(await childrenOf(pid))];
      await signalTree(pid, 'SIGSTOP');
    });
    expect(processes.length).toBeGreaterThan(3);
    await expect.poll(() => processes.filter(isAlive), eventually).toEqual([]);
    await expect.poll(() => stat(dirname(cluster)).catch(() => 'gone'), eventually).toBe('gone');
  });

  test('is ended by force where it does not end when it is asked to, with what it started', async () => {
    const { pid, child = 0 } = await killHolder('hold-stubborn.ts', () => Promise.resolve());
    expect(child).toBeGreaterThan(0);
    await expect.poll(() => [pid, child].filter(isAlive), eventually).toEqual([]);
  });
});
