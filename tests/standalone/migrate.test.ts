import { describe, expect, test } from 'vitest';
import { migrate } from '../../src/storage/migrate.ts';
import { createEmptyDatabase } from '../../tools/kit/database.ts';
import { withServer } from '../../tools/kit/server.ts';

describe('migrations', () => {
  test('bring an empty database to the newest state, and change nothing the second time', async () => {
    const database = await createEmptyDatabase();
    const applied = (): Promise<unknown> =>
      withServer(database.url, async (client) => {
        const { rows } = await client.query('SELECT * FROM _prisma_migrations ORDER BY started_at');
        return rows;
      });
    await migrate(database.url);
    const once = await applied();
    await migrate(database.url);
    expect(await applied()).toEqual(once);
    await database.drop();
  });

  test('say what is wrong with a database that cannot be reached', async () => {
    await expect(migrate('postgresql://nobody:secret@127.0.0.1:1/nothing')).rejects.toThrow(
      /^the database could not be migrated: P1001: connect ECONNREFUSED 127\.0\.0\.1:1$/,
    );
  });
});
