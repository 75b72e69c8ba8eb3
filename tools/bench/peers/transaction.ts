import { Pool, type PoolClient } from 'pg';

/** Connections of each process of a peer: twice of what the product takes. */
export const PEER_CONNECTIONS = 20;

export const openPool = (databaseUrl: string): Pool =>
  new Pool({ connectionString: databaseUrl, max: PEER_CONNECTIONS, connectionTimeoutMillis: 10_000 });

/** One transaction: all that `work` did, or nothing where it throws. */
export async function inTransaction<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}
