import { describe, expect, test } from 'vitest';
import { userId } from '../../../src/billing/ids.ts';
import { createSignIns, type SignIns, type SignInStore } from '../../../src/http/auth/sign-ins.ts';
import { StoreUnavailable } from '../../../src/sessions/store.ts';
import { signInsInMemory } from '../sign-in-store.ts';

const ADMIN = userId(3);
const SECOND = 1000;
const HOUR = 3600 * SECOND;

/** By a token that may open any number. */
const opened = async (signIns: SignIns): Promise<string> =>
  (await signIns.open({ userId: ADMIN, tokenKey: null, tokenExpiresAtMs: HOUR })) ?? 'none was opened';

/** Two processes, one store that can be away, and a clock that the test moves. */
function open() {
  let nowMs = 0;
  let trouble: 'none' | 'refuses' | 'hangs' | 'bug' = 'none';
  const kept = signInsInMemory(() => nowMs);
  const store: SignInStore = {
    ...kept,
    find: (idHash) => {
      switch (trouble) {
        case 'none':
          return kept.find(idHash);
        case 'refuses':
          return Promise.reject(new StoreUnavailable());
        case 'hangs':
          return new Promise(() => {});
        case 'bug':
          return Promise.reject(new TypeError('a bug'));
      }
    },
  };
  return {
    store: kept,
    one: createSignIns(store, () => nowMs),
    other: createSignIns(store, () => nowMs),
    pass: (durationMs: number) => void (nowMs += durationMs),
    give: (next: typeof trouble) => void (trouble = next),
  };
}

describe('a sign-in with a browser', () => {
  test('is known to every process until it is ended in one of them', async () => {
    const { one, other } = open();
    const id = await opened(one);
    expect(await other.find(id)).toMatchObject({ userId: ADMIN, isAdmin: true });
    await one.end(id);
    expect(await other.find(id)).toBeNull();
  });

  test('ends after eight hours, however often it is used', async () => {
    const { one, pass } = open();
    const id = await opened(one);
    for (let hour = 0; hour < 8; hour += 1) {
      expect(await one.find(id)).not.toBeNull();
      pass(HOUR);
    }
    expect(await one.find(id)).toBeNull();
  });

  test('is kept by a hash: what lies in the store opens nothing', async () => {
    const { one, store } = open();
    const hashes: string[] = [];
    const spied = createSignIns({
      ...store,
      open: (idHash, ...more) => {
        hashes.push(idHash);
        return store.open(idHash, ...more);
      },
    });
    const id = await opened(spied);
    const [kept = ''] = hashes;
    expect(await one.find(id)).not.toBeNull();
    expect(kept).not.toContain(id);
    expect(await one.find(kept)).toBeNull();
    expect(await one.find(Buffer.from(kept, 'hex').toString('base64url'))).toBeNull();
  });
});

describe('while the database is away, a sign-in', () => {
  test.each(['refuses', 'hangs'] as const)(
    'that this process saw in the last 60 s stays good, also where the database %s',
    async (trouble) => {
      const { one, pass, give } = open();
      const id = await opened(one);
      await one.find(id);
      give(trouble);
      pass(59 * SECOND);
      expect(await one.find(id)).toMatchObject({ userId: ADMIN });
    },
  );

  test('stays good as long as it is used, and never beyond its end', async () => {
    const { one, pass, give } = open();
    const id = await opened(one);
    await one.find(id);
    give('refuses');
    for (let minute = 0; minute < 8 * 60; minute += 1) {
      pass(30 * SECOND);
      expect(await one.find(id)).not.toBeNull();
      pass(30 * SECOND - 1);
      expect(await one.find(id)).not.toBeNull();
    }
    pass(SECOND);
    await expect(one.find(id)).rejects.toThrow(StoreUnavailable);
  });

  test('that nobody used for 60 s, or that another process saw, cannot be checked', async () => {
    const { one, other, pass, give } = open();
    const id = await opened(one);
    await one.find(id);
    give('refuses');
    await expect(other.find(id)).rejects.toThrow(StoreUnavailable);
    pass(60 * SECOND);
    await expect(one.find(id)).rejects.toThrow(StoreUnavailable);
  });

  test('that was ended before is not good', async () => {
    const { one, give } = open();
    const id = await opened(one);
    await one.find(id);
    await one.end(id);
    give('refuses');
    await expect(one.find(id)).rejects.toThrow(StoreUnavailable);
  });

  test('is not accepted because of a bug in the store', async () => {
    const { one, give } = open();
    const id = await opened(one);
    await one.find(id);
    give('bug');
    await expect(one.find(id)).rejects.toThrow('a bug');
  });
});
