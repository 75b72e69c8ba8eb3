import { describe, expect, test } from 'vitest';
import { readPostgres } from '../../tools/kit/postgres-reader.ts';
import type { WireEvent } from '../../tools/kit/tcp-proxy.ts';

const text = (words: string): Buffer => Buffer.from(`${words}\0`);
const int32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
};
const message = (type: string, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
};
const startup = message('', int32(196_608), text('user'), text('postgres'), text(''));
const query = (sql: string): Buffer => message('Q', text(sql));
const parse = (name: string, sql: string): Buffer => message('P', text(name), text(sql), Buffer.alloc(2));
const bind = (portal: string, name: string): Buffer =>
  message('B', text(portal), text(name), Buffer.alloc(6));
const execute = (portal: string): Buffer => message('E', text(portal), int32(0));
const complete = (tag: string): Buffer => message('C', text(tag));

const sentBy = (...chunks: readonly Buffer[]): readonly WireEvent[] => {
  const reader = readPostgres();
  return [startup, ...chunks].flatMap((chunk) => reader.fromClient(chunk));
};

describe('a COMMIT on its way to PostgreSQL', () => {
  test.each(['COMMIT', 'commit', '  COMMIT;', 'END', 'COMMIT /* really */'])(
    'is recognised in the simple protocol: %s',
    (sql) => {
      expect(sentBy(query(sql))).toEqual(['commit_asked']);
    },
  );

  test.each(['SELECT 1', "SELECT 'COMMIT'", 'ROLLBACK', "COMMIT PREPARED 'x'", 'ENDLESS'])(
    'is not seen in other words: %s',
    (sql) => {
      expect(sentBy(query(sql))).toEqual([]);
    },
  );

  test('is recognised in the extended protocol, when it is executed', () => {
    expect(sentBy(parse('', 'COMMIT'), bind('', ''))).toEqual([]);
    expect(sentBy(parse('', 'COMMIT'), bind('', ''), execute(''))).toEqual(['commit_asked']);
  });

  test('is recognised under the name that it was prepared with once', () => {
    const again = [bind('', 's_1'), execute('')];
    expect(sentBy(parse('s_1', 'COMMIT'), ...again, ...again)).toEqual(['commit_asked', 'commit_asked']);
  });

  test('is not taken for another statement under the same name or portal', () => {
    expect(sentBy(parse('a', 'COMMIT'), parse('a', 'SELECT 1'), bind('', 'a'), execute(''))).toEqual([]);
    expect(
      sentBy(parse('a', 'COMMIT'), parse('b', 'SELECT 1'), bind('', 'a'), bind('', 'b'), execute('')),
    ).toEqual([]);
  });

  test('is recognised however the data is cut, and after a request for encryption', () => {
    const all = Buffer.concat([
      message('', int32(80_877_103)),
      startup,
      parse('s', 'COMMIT'),
      bind('', 's'),
      execute(''),
    ]);
    const reader = readPostgres();
    const bytes = Array.from(all, (byte) => Buffer.from([byte]));
    expect(bytes.flatMap((byte) => reader.fromClient(byte))).toEqual(['commit_asked']);
  });
});

describe('the answer to a COMMIT', () => {
  test('is recognised by its tag, whatever is around it', () => {
    const reader = readPostgres();
    const answer = Buffer.concat([message('2'), complete('COMMIT'), message('Z', Buffer.from('I'))]);
    expect([...reader.fromServer(answer.subarray(0, 9)), ...reader.fromServer(answer.subarray(9))]).toEqual([
      'commit_done',
    ]);
  });

  test('is not seen in that of another statement', () => {
    expect(readPostgres().fromServer(complete('ROLLBACK'))).toEqual([]);
  });

  test('is found behind the one byte that refuses encryption', () => {
    const reader = readPostgres();
    reader.fromClient(Buffer.concat([message('', int32(80_877_103)), startup]));
    expect(reader.fromServer(Buffer.concat([Buffer.from('N'), complete('COMMIT')]))).toEqual(['commit_done']);
  });
});
