import { afterEach, expect, test, vi } from 'vitest';
import { type Program, restarting } from '../../src/standalone/process-group.ts';

afterEach(() => void vi.useRealTimers());

interface Hired {
  readonly member: Program;
  readonly end: (how: string) => void;
}

/** Members that end when the test says so, in the order in which they are started. */
function stage() {
  const started: Hired[] = [];
  const start = (): Program => {
    const { promise: ended, resolve: end } = Promise.withResolvers<string>();
    const member: Program = {
      name: 'the worker',
      ended,
      stop: async () => {
        end('exit code 0');
        await ended;
      },
      kill: async () => {
        end('signal SIGKILL');
        await ended;
      },
    };
    started.push({ member, end });
    return member;
  };
  const lines: string[] = [];
  return { started, start, lines, print: (line: string) => void lines.push(line) };
}

test('a worker that keeps on ending is started again a few times, each time after a longer pause, and then given up', async () => {
  const { started, start, lines, print } = stage();
  const member = restarting(start, { print, delaysMs: [1, 2] });
  for (const nth of [0, 1, 2]) {
    await expect.poll(() => started.length).toBe(nth + 1);
    started[nth]?.end('exit code 1');
  }
  expect(await member.ended).toBe('exit code 1, 3 times in a row');
  expect(lines).toEqual([
    'the worker ended by itself (exit code 1): another one starts in 0.001 s, try 1 of 2',
    'the worker ended by itself (exit code 1): another one starts in 0.002 s, try 2 of 2',
  ]);
});

test('a worker that ran well for a while has all its tries again', async () => {
  const { started, start, lines, print } = stage();
  const member = restarting(start, { print, delaysMs: [1], steadyAfterMs: 0 });
  for (const nth of [0, 1, 2]) {
    await expect.poll(() => started.length).toBe(nth + 1);
    started[nth]?.end('signal SIGKILL');
  }
  await expect.poll(() => started.length).toBe(4);
  expect(new Set(lines)).toEqual(
    new Set(['the worker ended by itself (signal SIGKILL): another one starts in 0.001 s, try 1 of 1']),
  );
  await member.stop();
});

test('no other worker starts once it is asked to stop, also in the pause before the next', async () => {
  const { started, start, lines, print } = stage();
  const member = restarting(start, { print, delaysMs: [60_000] });
  started[0]?.end('exit code 1');
  await expect.poll(() => lines.length).toBe(1);
  await member.stop();
  expect(await member.ended).toBe('exit code 1');
  expect(started.length).toBe(1);
});

test('a worker that is paused is killed, stays away until it is resumed, and has all its tries again', async () => {
  const { started, start, lines, print } = stage();
  const member = restarting(start, { print, delaysMs: [1] });
  started[0]?.end('exit code 1');
  await expect.poll(() => started.length).toBe(2);
  vi.useFakeTimers();
  await member.pause();
  await member.pause();
  expect(await started[1]?.member.ended).toBe('signal SIGKILL');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(started.length).toBe(2);
  vi.useRealTimers();
  member.resume();
  await expect.poll(() => started.length).toBe(3);
  started[2]?.end('exit code 1');
  await expect.poll(() => started.length).toBe(4);
  expect(lines.length).toBe(2);
  await member.stop();
});

test('a worker that is paused while the next one is awaited does not come before it is resumed, and can be stopped', async () => {
  vi.useFakeTimers();
  const { started, start, lines, print } = stage();
  const member = restarting(start, { print, delaysMs: [1_000] });
  started[0]?.end('exit code 1');
  await vi.advanceTimersByTimeAsync(500);
  expect(lines.length).toBe(1);
  await member.pause();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(started.length).toBe(1);
  await member.stop();
  expect(await member.ended).toBe('exit code 1');
  expect(started.length).toBe(1);
});
