import { setTimeout as pause } from 'node:timers/promises';

/** Asks every `everyMs` until the answer is yes. @returns false where it still is no after `withinMs`. */
export async function until(
  isSo: () => Promise<boolean>,
  { withinMs, everyMs = 50 }: { readonly withinMs: number; readonly everyMs?: number },
): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    if (await isSo()) return true;
    if (performance.now() > deadline) return false;
    await pause(everyMs);
  }
}

/** @throws where it is not so in time. */
export async function untilOrThrow(
  isSo: () => Promise<boolean>,
  what: string,
  limits: { readonly withinMs: number; readonly everyMs?: number },
): Promise<void> {
  if (!(await until(isSo, limits)))
    throw new Error(`${what}: still not so after ${limits.withinMs / 1000} s`);
}
