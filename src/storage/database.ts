import type { Records } from '../sessions/records.ts';
import type { Store } from '../sessions/store.ts';
import { createClient, type DatabaseSettings } from './client.ts';
import { persistently } from './persistence.ts';
import { createPostgresRecords } from './postgres-records.ts';
import { createPostgresStore } from './postgres-store.ts';
import { countSessions, type SessionCountsRow } from './statements/count-sessions.ts';

/** One process's way to the database. Opens connections as they are needed. */
export interface Database {
  readonly store: Store;
  readonly records: Records;
  readonly sessionCounts: (graceMs: number) => Promise<SessionCountsRow>;
  /** @throws where the database does not answer. */
  readonly ping: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export function openDatabase(settings: DatabaseSettings): Database {
  const client = createClient(settings);
  return {
    store: createPostgresStore(client),
    records: createPostgresRecords(client),
    sessionCounts: (graceMs) =>
      persistently(async () => {
        const [counts] = await client.$queryRaw<SessionCountsRow[]>(countSessions(graceMs));
        return counts ?? { active: 0, overdue: 0 };
      }),
    ping: async () => {
      await client.$queryRaw`SELECT 1`;
    },
    close: () => client.$disconnect(),
  };
}
