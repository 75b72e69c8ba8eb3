import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Client, escapeIdentifier } from 'pg';

/** The migrations of this program, a directory each. */
export const MIGRATIONS_DIR = join(import.meta.dirname, '..', '..', 'prisma', 'migrations');

/** The one statement of a migration that builds or removes an index beside whatever goes on. */
const ALONE =
  /^(?:--.*\n)*(?:CREATE INDEX CONCURRENTLY (\w+)|DROP INDEX CONCURRENTLY IF EXISTS \w+)\b[^;]*;\s*$/;

/**
 * Removes indexes whose building was cut short: the process was killed, the connection broke, the disk was full. The
 * database does not roll such a migration back. It leaves an index that is kept up to date and never used, and Prisma goes
 * no further until the migration is marked as rolled back. Building the index again is always right.
 */
export async function clearUnfinishedIndexes(
  client: Client,
  rollBack: (migration: string) => Promise<void>,
): Promise<void> {
  for (const migration of await unfinished(client)) {
    const sql = await readFile(join(MIGRATIONS_DIR, migration, 'migration.sql'), 'utf8').catch(() => '');
    const [statement, created] = ALONE.exec(sql) ?? [];
    // Any other migration is one transaction; what is unfinished there, Prisma explains.
    if (statement === undefined) continue;
    if (created !== undefined)
      await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${escapeIdentifier(created)}`);
    await rollBack(migration);
  }
}

/** Whether any migration was ever applied to this database. */
export async function isMigrated(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ isThere: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS "isThere"`,
  );
  return rows[0]?.isThere === true;
}

async function unfinished(client: Client): Promise<readonly string[]> {
  if (!(await isMigrated(client))) return [];
  const { rows } = await client.query<{ name: string }>(
    `SELECT migration_name AS name FROM _prisma_migrations
     WHERE finished_at IS NULL AND rolled_back_at IS NULL ORDER BY started_at`,
  );
  return rows.map(({ name }) => name);
}
