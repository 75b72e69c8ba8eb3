import { describe, expect, test } from 'vitest';
import { createConnectionWatch } from '../../src/alarms/errors.ts';
import type { Notice } from '../../src/alarms/notices.ts';

const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

function watched() {
  const notices: Notice[] = [];
  const watch = createConnectionWatch('worker', (notice) => notices.push(notice));
  return { watch, kinds: () => notices.map(({ kind }) => kind) };
}

describe('the watch over a connection', () => {
  test('reports a lost connection once, however many attempts to connect fail', () => {
    const { watch, kinds } = watched();
    for (let attempt = 0; attempt < 100; attempt += 1) watch.lost(refused);
    expect(kinds()).toStrictEqual(['connection_lost']);
  });

  test('reports a connection that works again once, and a second loss again', () => {
    const { watch, kinds } = watched();
    watch.works();
    watch.lost(refused);
    watch.works();
    watch.works();
    watch.lost(refused);
    expect(kinds()).toStrictEqual(['connection_lost', 'connection_restored', 'connection_lost']);
  });

  test('reports an answer that is an error, but not the same one over and over', () => {
    const { watch, kinds } = watched();
    for (let attempt = 0; attempt < 100; attempt += 1) watch.failed(new Error('OOM command not allowed'));
    watch.failed(new Error('READONLY'));
    expect(kinds()).toStrictEqual(['queue_error', 'queue_error']);
  });

  test('leaves what failed for the lost connection to the notice of the loss', () => {
    const { watch, kinds } = watched();
    watch.failed(refused);
    watch.lost(refused);
    watch.failed(new Error('a consequence'));
    expect(kinds()).toStrictEqual(['connection_lost']);
  });

  test('says nothing more once we close the connection ourselves', () => {
    const { watch, kinds } = watched();
    watch.stop();
    watch.lost(refused);
    watch.failed(new Error('OOM command not allowed'));
    watch.works();
    expect(kinds()).toStrictEqual([]);
  });
});
