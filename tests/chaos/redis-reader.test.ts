import { describe, expect, test } from 'vitest';
import { readRedis } from '../../tools/chaos/rig/redis-reader.ts';

const command = (...words: readonly string[]): Buffer =>
  Buffer.from(
    `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`,
  );
/** As BullMQ does, which packs the id among other arguments into one word (MessagePack). */
const PACKED = '\u0098\u00b5{bull}:session-alarms:\u00b8session-17-1767225600000\u00afsession-alarm';
const arm = (name: string): Buffer => command(name, 'a1b2', '1', '{bull}:session-alarms:delayed', PACKED);

describe('a script that sets an alarm', () => {
  test.each(['EVALSHA', 'evalsha', 'EVAL', 'FCALL'])('is recognised when it is sent by %s', (name) => {
    expect(readRedis().fromClient(arm(name))).toEqual(['alarm_asked']);
  });

  test('is told from one that names no alarm, and from a command that is no script', () => {
    const reader = readRedis();
    expect(
      reader.fromClient(command('EVALSHA', 'a1b2', '1', '{bull}:session-alarms:delayed', '200')),
    ).toEqual([]);
    expect(reader.fromClient(command('ZADD', 'delayed', '1', 'session-17'))).toEqual([]);
  });

  test('is recognised among others, and however the data is cut', () => {
    const all = Buffer.concat([command('PING'), arm('EVALSHA'), command('SET', 'a', '\r\n*3\r\n')]);
    const reader = readRedis();
    const bytes = Array.from(all, (byte) => Buffer.from([byte]));
    expect(bytes.flatMap((byte) => reader.fromClient(byte))).toEqual(['alarm_asked']);
    expect(reader.fromClient(arm('EVAL'))).toEqual(['alarm_asked']);
  });

  test('is answered in its turn, by an answer of any shape', () => {
    const reader = readRedis();
    reader.fromClient(Buffer.concat([command('PING'), command('LRANGE', 'a', '0', '-1'), arm('EVALSHA')]));
    expect(reader.fromServer(Buffer.from('+PONG\r\n'))).toEqual([]);
    expect(reader.fromServer(Buffer.from('*2\r\n*1\r\n$1\r\na\r\n*0\r\n'))).toEqual([]);
    expect(reader.fromServer(Buffer.from('*2\r\n:1\r\n$-1'))).toEqual([]);
    expect(reader.fromServer(Buffer.from('\r\n'))).toEqual(['alarm_done']);
  });

  test('is answered by an error, too', () => {
    const reader = readRedis();
    reader.fromClient(arm('EVALSHA'));
    expect(reader.fromServer(Buffer.from('-NOSCRIPT No matching script\r\n'))).toEqual(['alarm_done']);
  });
});
