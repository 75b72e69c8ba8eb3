import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { randomFrom } from '../../tools/kit/random.ts';
import type { WireEvent } from '../../tools/kit/tcp-proxy.ts';
import { openWire, type Wire } from './wire.ts';

/** Sees a COMMIT in every piece of data that says so. */
const readWords = () => ({
  fromClient: (chunk: Buffer): readonly WireEvent[] => (chunk.includes('commit') ? ['commit_asked'] : []),
  fromServer: (chunk: Buffer): readonly WireEvent[] => (chunk.includes('commit') ? ['commit_done'] : []),
});

describe('the way of one process to a server', () => {
  let wire: Wire;
  beforeEach(async () => {
    wire = await openWire(readWords);
  });
  afterEach(() => wire.close());

  test('passes everything on where nothing is wrong', async () => {
    const line = await wire.connect();
    line.say('hello');
    await vi.waitFor(() => expect(line.heard()).toBe('hello'));
  });

  test('lets questions through and holds answers back where it is one-way, until the condition changes', async () => {
    const line = await wire.connect();
    wire.proxy.setCondition({ kind: 'one_way' });
    line.say('hello');
    await vi.waitFor(() => expect(wire.heardByServer()).toBe('hello'));
    line.say(' there');
    await vi.waitFor(() => expect(wire.heardByServer()).toBe('hello there'));
    expect(line.heard()).toBe('');
    wire.proxy.setCondition({ kind: 'normal' });
    await vi.waitFor(() => expect(line.heard()).toBe('hello there'));
  });

  test('swallows everything where it is half-open, for connections of that time also afterwards', async () => {
    const before = await wire.connect();
    before.say('1');
    await vi.waitFor(() => expect(before.heard()).toBe('1'));
    wire.proxy.setCondition({ kind: 'half_open' });
    const during = await wire.connect();
    before.say('2');
    during.say('3');
    wire.proxy.setCondition({ kind: 'normal' });
    before.say('4');
    during.say('5');
    const after = await wire.connect();
    after.say('6');
    await vi.waitFor(() => expect(after.heard()).toBe('6'));
    expect([before.heard(), during.heard(), wire.heardByServer()]).toEqual(['1', '', '16']);
  });

  test('takes as much longer as it is told, and keeps the order', async () => {
    const line = await wire.connect();
    wire.proxy.setCondition({ kind: 'slow', latencyMs: 50 });
    const startedAt = performance.now();
    line.say('a');
    await vi.waitFor(() => expect(wire.heardByServer()).toBe('a'));
    line.say('b');
    await vi.waitFor(() => expect(line.heard()).toBe('ab'));
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(150);
  });

  test('resets a connection instead of passing data on, as often as it is told', async () => {
    const line = await wire.connect();
    wire.proxy.setCondition({ kind: 'resetting', probability: 1, random: randomFrom(1, 'proxy') });
    line.say('hello');
    expect(await line.ended).toBe('reset');
    expect(wire.heardByServer()).toBe('');
  });

  test('refuses new connections and resets old ones while it is shut, and works when it is open again', async () => {
    const line = await wire.connect();
    line.say('hello');
    await vi.waitFor(() => expect(line.heard()).toBe('hello'));
    await wire.proxy.shut();
    expect(await line.ended).toBe('reset');
    await expect(wire.connect()).rejects.toThrow('ECONNREFUSED');
    await wire.proxy.open();
    const again = await wire.connect();
    again.say('!');
    await vi.waitFor(() => expect(again.heard()).toBe('!'));
  });

  test('asks its interceptor before data is passed on, which may swallow what it saw', async () => {
    const seen: WireEvent[] = [];
    const leave = wire.proxy.intercept((event) => {
      seen.push(event);
      expect(wire.heardByServer()).toBe('');
      return 'swallow';
    });
    const line = await wire.connect();
    line.say('commit');
    await vi.waitFor(() => expect(seen).toEqual(['commit_asked']));
    leave();
    line.say('more');
    await vi.waitFor(() => expect(wire.heardByServer()).toBe('more'));
  });

  test('cuts the connection between what the server did and its answer, where the interceptor says so', async () => {
    wire.proxy.intercept((event) => (event === 'commit_done' ? 'cut' : 'pass'));
    const line = await wire.connect();
    line.say('commit');
    expect(await line.ended).toBe('reset');
    expect([wire.heardByServer(), line.heard()]).toEqual(['commit', '']);
  });
});
