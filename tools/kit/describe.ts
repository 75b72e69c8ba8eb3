import { describe } from 'vitest';
import { whyNoRedis } from './redis.ts';

/**
 * Tests that need something of the system. Where it is missing they are left out, loudly; with CI=true they run and
 * fail instead. Await it at the top of the file.
 */
export async function describeUnless(
  missing: string | null,
  name: string,
  body: () => void,
  describeIt: (name: string, body: () => void) => unknown = describe,
): Promise<void> {
  if (missing === null || process.env['CI'] === 'true') {
    await describeIt(name, body);
    return;
  }
  process.stderr.write(`\nLEFT OUT: "${name}": ${missing}\n\n`);
  describe.skip(name, body);
}

/** Tests that need Redis. Await it at the top of the file. */
export const describeWithRedis = async (name: string, body: () => void): Promise<void> =>
  describeUnless(await whyNoRedis(), name, body);
