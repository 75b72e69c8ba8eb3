import { Client } from 'pg';
import type { Rig } from '../rig/rig.ts';

const CONNECT_TIMEOUT_MS = 3_000;

/** Somebody else on the same PostgreSQL. @throws where no connection is left. */
export async function openHog(rig: Pick<Rig, 'postgres'>): Promise<Client> {
  const hog = new Client({
    connectionString: rig.postgres.url(),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'chaos hog',
  });
  hog.on('error', () => {});
  await hog.connect();
  return hog;
}

export async function withHog<Result>(
  rig: Pick<Rig, 'postgres'>,
  use: (hog: Client) => Promise<Result>,
): Promise<Result> {
  const hog = await openHog(rig);
  try {
    return await use(hog);
  } finally {
    await hog.end();
  }
}

/** The product's own connections, and nobody else's. */
export const PRODUCT_BACKENDS = `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'session-engine%'`;
