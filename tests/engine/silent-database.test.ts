import { afterEach, expect, test } from 'vitest';
import { StoreUnavailable } from '../../src/sessions/store.ts';
import { cutCommits } from '../../tools/kit/commit-cutter.ts';
import { type Clinic, openClinic, openProcess, PATIENT, said, started } from './clinic.ts';

let clinic: Clinic;
afterEach(() => clinic.close());

test('a database that falls silent is told to every caller within a bounded time, and used again once it speaks', async () => {
  clinic = await openClinic();
  await clinic.grant(1, 5);
  await clinic.book(1);
  await started(clinic, 1);
  const wire = await cutCommits(clinic.url);
  const process = openProcess(wire.url);
  try {
    expect(said(await process.write(1, PATIENT))).toBe('recorded');
    wire.silence();
    const askedAt = performance.now();
    const outcomes = await Promise.allSettled([
      process.write(1, PATIENT),
      process.status(1, PATIENT),
      process.end(1, PATIENT),
    ]);
    expect(performance.now() - askedAt).toBeLessThan(20_000);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) });
    wire.speak();
    expect(said(await process.write(1, PATIENT))).toBe('recorded');
  } finally {
    await process.close();
    await wire.close();
  }
});
