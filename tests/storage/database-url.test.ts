import { describe, expect, test } from 'vitest';
import { connectionTo, flawOfDatabaseUrl, queueSchemaOf, schemaOf } from '../../src/storage/database-url.ts';

describe('a DATABASE_URL', () => {
  test.each([
    'postgresql://user:password@localhost:5432/clinic',
    'postgres://user@db.example/clinic?schema=engine&sslmode=require',
    'postgresql://postgres@localhost/clinic?host=/run/postgresql',
    'postgresql://user:p%23%2F%3F%40%25@localhost/clinic',
    'postgresql://user:a@b@localhost/clinic',
    'postgresql://user@%2Frun%2Fpostgresql/clinic',
    'postgresql://user@[::1]:5432/clinic?application_name=a@b',
  ])('%s is accepted', (url) => {
    expect(flawOfDatabaseUrl(url)).toBeNull();
  });

  test.each([
    ['mysql://localhost/clinic', 'begins with postgresql://'],
    ['clinic', 'begins with postgresql://'],
    ['postgresql://postgres@/clinic?host=/run/postgresql', 'write localhost'],
    ['postgresql:///clinic?host=/run/postgresql', 'write localhost'],
    ['postgresql://user:pass#word@localhost/clinic', '# as %23'],
    ['postgresql://user:1#2@localhost/clinic', '# as %23'],
    ['postgresql://user:pass/word@localhost/clinic', '/ as %2F'],
    ['postgresql://user:1/2@localhost/clinic', '/ as %2F'],
    ['postgresql://user:1?2@localhost/clinic', '? as %3F'],
    ['postgresql://user@localhost/clinic?schema=Engine', '?schema='],
    ['postgresql://user@localhost/clinic?schema=a b', '?schema='],
    ['postgresql://user@localhost/clinic?schema=', '?schema='],
  ])('%s is refused, and the sentence says what to write', (url, advice) => {
    expect(flawOfDatabaseUrl(url)).toContain(advice);
  });

  test('is refused without repeating its password', () => {
    expect(flawOfDatabaseUrl('postgresql://user:hunter#2@localhost/clinic')).not.toContain('hunter');
  });

  test('names the schema of the engine, and so that of the queue', () => {
    expect(schemaOf('postgresql://localhost/clinic')).toBe('public');
    expect(queueSchemaOf('postgresql://localhost/clinic')).toBe('bullmq');
    expect(schemaOf('postgresql://localhost/clinic?schema=engine')).toBe('engine');
    expect(queueSchemaOf('postgresql://localhost/clinic?schema=engine')).toBe('engine_bullmq');
  });
});

describe('a connection', () => {
  test('has the options of the URL, and after them our own, which win', () => {
    const { options, connectionString } = connectionTo(
      'postgresql://localhost/clinic?options=-c%20geqo%3Don%20-c%20timezone%3DAsia/Tokyo',
      { options: '-c enable_seqscan=off' },
    );

    expect(options).toBe(
      '-c geqo=on -c timezone=Asia/Tokyo -c search_path=public -c timezone=UTC -c datestyle=ISO,MDY ' +
        '-c extra_float_digits=1 -c enable_seqscan=off',
    );
    expect(connectionString).toBe('postgresql://localhost/clinic');
  });

  test('keeps what the URL says of the server, and drops what we set ourselves', () => {
    const { connectionString, max } = connectionTo(
      'postgresql://localhost/clinic?host=/run&max=500&statement_timeout=0&schema=engine',
      { max: 4, statement_timeout: 5_000 },
    );

    expect(connectionString).toBe('postgresql://localhost/clinic?host=%2Frun');
    expect(max).toBe(4);
  });

  test.each([
    ['sslmode=require', 'sslmode=verify-full'],
    ['sslmode=no-verify', 'sslmode=no-verify'],
    ['sslmode=require&uselibpqcompat=true', 'sslmode=require&uselibpqcompat=true'],
  ])('with %s verifies the server as the driver does, without its warning', (given, used) => {
    expect(connectionTo(`postgresql://localhost/clinic?${given}`, {}).connectionString).toBe(
      `postgresql://localhost/clinic?${used}`,
    );
  });
});
