import { withServer } from '../../tools/kit/server.ts';

/** Commits a value that nobody has written before, and gives it. */
export async function writeValue(url: string): Promise<number> {
  const value = Math.trunc(performance.now() * 1000);
  await withServer(url, async (client) => {
    await client.query('CREATE TABLE IF NOT EXISTS kept (value bigint)');
    await client.query('INSERT INTO kept VALUES ($1)', [value]);
  });
  return value;
}

/** Every value that is there. */
export async function readValues(url: string): Promise<number[]> {
  const { rows } = await withServer(url, (client) =>
    client.query<{ value: string }>('SELECT value FROM kept'),
  );
  return rows.map((row) => Number(row.value));
}
