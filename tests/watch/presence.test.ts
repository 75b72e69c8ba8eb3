import { onTestFinished, expect, test } from 'vitest';
import { type ProcessStore, startPresence, type ThisProcess } from '../../src/watch/presence.ts';

/** A store that notes what it is told, and can be away. */
function openStore() {
  const told: string[] = [];
  let tries = 0;
  let away: Promise<never> | null = null;
  const tell = async (what: string): Promise<void> => {
    tries += 1;
    if (away !== null) await away;
    told.push(what);
  };
  const store: ProcessStore = {
    see: ({ kind }) => tell(`see ${kind}`),
    stop: () => tell('stop'),
    removeOld: () => tell('remove old'),
  };
  return {
    told,
    tries: () => tries,
    store,
    setAway: (how: Promise<never> | null) => {
      how?.catch(() => {});
      away = how;
    },
    count: (what: string) => told.filter((one) => one === what).length,
  };
}

function start(kind: ThisProcess['kind'], store: ProcessStore) {
  const presence = startPresence(kind, store, 5);
  onTestFinished(() => presence.close());
  return presence;
}

const EVENTUALLY = { timeout: 10_000, interval: 5 };

test('a process records again and again that it lives, and at its end that it has stopped', async () => {
  const { store, told, count } = openStore();
  const presence = start('api', store);
  await expect.poll(() => count('see api'), EVENTUALLY).toBeGreaterThan(3);
  await presence.close();
  await presence.close();
  expect(told.at(-1)).toBe('stop');
  expect(new Set(told)).toStrictEqual(new Set(['see api', 'stop']));
});

test('a worker also removes old rows: at its start, and not at each heartbeat', async () => {
  const { store, count } = openStore();
  start('worker', store);
  await expect.poll(() => count('see worker'), EVENTUALLY).toBeGreaterThan(3);
  expect(count('remove old')).toBe(1);
});

test('a process goes on trying while the database is away, and knows when it was last recorded', async () => {
  const { store, count, setAway, tries } = openStore();
  setAway(Promise.reject(new Error('away')));
  const presence = start('api', store);
  await expect.poll(tries, EVENTUALLY).toBeGreaterThan(2);
  expect(presence.seenAtMs()).toBeNull();
  setAway(null);
  await expect.poll(() => count('see api'), EVENTUALLY).toBeGreaterThan(0);
  const seenAtMs = presence.seenAtMs() ?? 0;
  expect(Date.now() - seenAtMs).toBeLessThan(10_000);
});

test('a database that hangs holds up the end of a process for a second', async () => {
  const { store, count, setAway } = openStore();
  const presence = start('api', store);
  await expect.poll(() => count('see api'), EVENTUALLY).toBeGreaterThan(0);
  setAway(new Promise<never>(() => {}));
  const startMs = performance.now();
  await presence.close();
  expect(performance.now() - startMs).toBeLessThan(2_000);
  expect(count('stop')).toBe(0);
});
