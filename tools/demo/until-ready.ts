import { setTimeout as delay } from 'node:timers/promises';

const READY_TIMEOUT_MS = 60_000;
const POLL_MS = 50;
const REQUEST_TIMEOUT_MS = 5_000;

/** Returns once the service under this address says that it is ready. Throws after a minute, or when halted. */
export async function untilReady(name: string, baseUrl: string, halted: AbortSignal): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (!(await isReady(baseUrl, halted))) {
    if (performance.now() > deadline) {
      throw new Error(`${name} is not ready after ${READY_TIMEOUT_MS / 1000} seconds`);
    }
    await delay(POLL_MS, undefined, { signal: halted });
  }
}

async function isReady(baseUrl: string, halted: AbortSignal): Promise<boolean> {
  try {
    const signal = AbortSignal.any([halted, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]);
    const response = await fetch(`${baseUrl}/health/ready`, { signal });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Not listening yet. Whether it still lives is watched over elsewhere.
    return false;
  }
}
