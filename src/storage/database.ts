import type { AuditRequest, ReadAuditPage } from '../audit/audit.ts';
import type { AuditRun, AuditRuns } from '../audit/nightly.ts';
import type { EventLog } from '../sessions/feed.ts';
import type { AdminActions } from '../sessions/admin-actions.ts';
import type { Deadlines } from '../sessions/alarms.ts';
import type { ConsoleStore } from '../sessions/console-store.ts';
import type { Records } from '../sessions/records.ts';
import type { Store } from '../sessions/store.ts';
import { createAdminActions } from './admin-actions.ts';
import type { ProcessStore } from '../watch/presence.ts';
import type { DatabaseState, LastHour } from '../watch/state.ts';
import { createAuditReader, createAuditRuns, createSessionCounter, lastFinishedRun } from './audit.ts';
import { createClient, type DatabaseSettings, Prisma } from './client.ts';
import { createConsoleStore } from './console-store.ts';
import { createEventLog } from './event-log.ts';
import { retrying } from './errors.ts';
import { ASK_SERVER, type ServerRow, whyNotPrimary } from './primary-only.ts';
import { createProcessStore, readLastHour, readState } from './now.ts';
import { createRecords } from './records.ts';
import { createDeadlines } from './deadlines.ts';
import { askRights, findInstallation, type InstallationRow, type RightsRow } from './sql/installation.ts';
import { countSessions, type SessionCountsRow } from './sql/now.ts';
import { createSignInStore } from './sign-ins.ts';
import { createStore } from './store.ts';

/** One process's way to the database. Opens connections as they are needed. */
export interface Database {
  readonly store: Store;
  readonly records: Records;
  /** Lists and figures of the console, by connections of its own. */
  readonly console: ConsoleStore;
  readonly audit: DatabaseAudit;
  /** What followers read. */
  readonly events: EventLog;
  readonly deadlines: Deadlines;
  readonly signIns: ReturnType<typeof createSignInStore>;
  readonly actions: AdminActions;
  readonly processes: ProcessStore;
  /** What the console's page Now shows. Tried once. */
  readonly state: () => Promise<DatabaseState>;
  readonly lastHour: () => Promise<LastHour>;
  /** Which installation this database belongs to; null where that cannot be read. Never rejects. */
  readonly installation: () => Promise<string | null>;
  readonly sessionCounts: (graceMs: number) => Promise<SessionCountsRow>;
  /** @throws where the database does not answer, is not one that can be written, or lacks our tables or rights to them. */
  readonly ping: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What the auditor needs. It reads in transactions of its own, which cannot write. */
export interface DatabaseAudit {
  readonly readPage: ReadAuditPage;
  readonly countSessions: (request: AuditRequest, limit: number) => Promise<number>;
  readonly runs: AuditRuns;
  readonly lastRun: () => Promise<AuditRun | null>;
}

export function openDatabase(settings: DatabaseSettings): Database {
  const client = createClient(settings);
  const consoleClient = createClient(settings, 'console');
  return {
    store: createStore(client),
    records: createRecords(client),
    console: createConsoleStore(consoleClient),
    audit: {
      readPage: createAuditReader(client),
      countSessions: createSessionCounter(client),
      runs: createAuditRuns(client),
      lastRun: () => lastFinishedRun(client),
    },
    events: createEventLog(client),
    deadlines: createDeadlines(client),
    signIns: createSignInStore(client),
    actions: createAdminActions(client, consoleClient),
    processes: createProcessStore(client),
    // By the engine's pool: a slow list of the console must not make the database seem away.
    state: () => readState(client),
    lastHour: () => readLastHour(consoleClient),
    installation: async () => {
      try {
        const [first] = await client.$queryRaw<InstallationRow[]>(findInstallation());
        return first?.id ?? null;
      } catch {
        return null;
      }
    },
    sessionCounts: (graceMs) =>
      retrying(async () => {
        const [counts] = await client.$queryRaw<SessionCountsRow[]>(countSessions(graceMs));
        return counts ?? { active: 0, overdue: 0 };
      }),
    ping: async () => {
      const [server] = await client.$queryRaw<ServerRow[]>(Prisma.raw(ASK_SERVER));
      const flaw = whyNotPrimary(server);
      if (flaw !== null) throw flaw;
      const [rights] = await client.$queryRaw<RightsRow[]>(askRights());
      if (rights !== undefined) checkRights(rights);
    },
    close: async () => {
      await Promise.all([client.$disconnect(), consoleClient.$disconnect()]);
    },
  };
}

function checkRights({ role, schema, hasTables, mayWrite }: RightsRow): void {
  if (!hasTables)
    throw new Error(
      `the role ${role} finds no tables of ours in the schema ${schema}: run npm run migrate first`,
    );
  if (!mayWrite)
    throw new Error(
      `the role ${role} may not write to our tables: run npm run migrate with DATABASE_OWNER_URL, which grants it`,
    );
}
