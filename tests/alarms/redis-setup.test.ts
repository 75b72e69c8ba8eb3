import { describe, expect, test } from 'vitest';
import { riskySetup } from '../../src/alarms/redis.ts';

const info = (policy: string, aof: string): string =>
  `# Memory\r\nmaxmemory:0\r\nmaxmemory_policy:${policy}\r\n\r\n# Persistence\r\naof_enabled:${aof}\r\nloading:0\r\n`;

describe('the setup of Redis', () => {
  test('is not warned of when nothing is evicted and everything is written down', () => {
    expect(riskySetup(info('noeviction', '1'))).toStrictEqual([]);
  });

  test('is warned of when Redis may evict alarms, with the setting to change', () => {
    expect(riskySetup(info('allkeys-lru', '1'))).toStrictEqual([
      {
        setting: 'maxmemory-policy',
        wanted: 'noeviction',
        found: 'allkeys-lru',
        text: expect.stringMatching(/"allkeys-lru".*maxmemory-policy noeviction/),
      },
    ]);
  });

  test('is warned of when a restart of Redis forgets the alarms, with the setting to change', () => {
    expect(riskySetup(info('noeviction', '0'))).toStrictEqual([
      { setting: 'appendonly', wanted: 'yes', found: 'no', text: expect.stringContaining('appendonly yes') },
    ]);
  });

  test('is not guessed at when the server does not show it', () => {
    expect(riskySetup('')).toStrictEqual([]);
  });
});
