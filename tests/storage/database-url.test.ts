import { describe, expect, test } from 'vitest';
import { connectionTo, flawOfSchema, queueSchemaOf, schemaOf } from '../../src/storage/database-url.ts';

describe('a DATABASE_URL', () => {
  test.each([
    ['postgresql://user@localhost/clinic', null],
    ['postgresql://user@localhost/clinic?schema=engine_2', null],
    ['postgresql://user@localhost/clinic?schema=Engine', 'small letters'],
    ['postgresql://user@localhost/clinic?schema=a b', 'small letters'],
    ['postgresql://user@localhost/clinic?schema=2nd', 'no digit first'],
    ['postgresql://user@localhost/clinic?schema=', 'small letters'],
  ])('%s names a schema that can be used, or the flaw is said: %s', (url, flaw) => {
    const said = flawOfSchema(url);

    if (flaw === null) expect(said).toBeNull();
    else expect(said).toContain(flaw);
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
