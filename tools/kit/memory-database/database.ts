/**
 * The database of the simulation, and of the tests without PostgreSQL: the same tables as the real one, the same picture when a command loads
 * (load.ts), and the same refusals when it writes (constraints.ts).
 */
import { ledgerEntryId, type PatientId, sessionId, type SessionId } from '../../../src/billing/ids.ts';
import { type Instant, later } from '../../../src/billing/time.ts';
import type {
  Loaded,
  Needs,
  OverduePage,
  OverdueSession,
  SessionRow,
  Writes,
} from '../../../src/sessions/store.ts';
import { assertWritable } from './constraints.ts';
import { loadedFrom } from './load.ts';
import { noRows, type StoredSession, type Tables } from './tables.ts';
import type { DatabaseBug } from './bug.ts';

export interface MemoryDatabase {
  readonly tables: () => Tables;
  /** Makes the accounts that have to exist. */
  readonly makeAccounts: (needs: Needs) => void;
  /** `locked`: the patients whose accounts are locked; without it, all that the needs speak of. */
  readonly load: (needs: Needs, now: Instant, locked?: readonly PatientId[]) => Loaded;
  /** One transaction. @throws ConstraintViolated where the real database would refuse; nothing is written then. */
  readonly write: (writes: Writes) => void;
  /** Moves the last activity of a session forward to this instant, and nothing else. Answers where it is then. */
  readonly touch: (id: SessionId, at: Instant) => Instant;
  /** One page as src/storage/sql/overdue.ts finds it; those that are taken are left out. */
  readonly overdue: (
    page: OverduePage,
    now: Instant,
    isTaken: (id: SessionId) => boolean,
  ) => readonly OverdueSession[];
}

/** `bug`: the guarantee that it breaks; null for none. */
export function createMemoryDatabase(bug: DatabaseBug | null = null): MemoryDatabase {
  let tables = noRows();
  let lastSessionId = 0;
  return {
    tables: () => tables,
    makeAccounts: ({ patients = [] }) => {
      tables = { ...tables, accounts: new Set([...tables.accounts, ...patients]) };
    },
    load: (needs, now, locked) => {
      const newSessionIds = Array.from({ length: needs.newSessions ?? 0 }, () => {
        lastSessionId += 1;
        return sessionId(lastSessionId);
      });
      const seen = bug === 'policy_not_kept_per_session' ? withLastPolicy(tables) : tables;
      return loadedFrom(seen, needs, now, newSessionIds, locked);
    },
    write: (writes) => {
      assertWritable(tables, writes, bug === 'no_account_lock_nor_unique_keys');
      tables = written(tables, writes);
    },
    touch: (id, at) => {
      const row = tables.sessions.get(id);
      if (row === undefined) throw new Error(`there is no session ${id} to touch`);
      const lastActivityAt = later(row.session.lastActivityAt ?? at, at);
      const session = { ...row.session, lastActivityAt };
      tables = { ...tables, sessions: new Map(tables.sessions).set(id, { ...row, session }) };
      return lastActivityAt;
    },
    overdue: ({ graceMs, limit, after }, now, isTaken) =>
      [...tables.sessions.values()]
        .flatMap(({ session, nextDeadlineAt }) =>
          nextDeadlineAt !== null && nextDeadlineAt < now - graceMs && !isTaken(session.id)
            ? [{ sessionId: session.id, nextDeadlineAt }]
            : [],
        )
        .sort(youngestFirst)
        .filter((session) => after === null || youngestFirst(after, session) < 0)
        .slice(0, limit),
  };
}

const youngestFirst = (a: OverdueSession, b: OverdueSession): number =>
  b.nextDeadlineAt - a.nextDeadlineAt || b.sessionId - a.sessionId;

/** The bug of a database that keeps one policy for all sessions. */
function withLastPolicy(tables: Tables): Tables {
  const policy = [...tables.sessions.values()].at(-1)?.session.policy;
  if (policy === undefined) return tables;
  const sessions = [...tables.sessions].map(([id, row]): [SessionId, StoredSession] => [
    id,
    row.session.state === 'active' ? { ...row, session: { ...row.session, policy } } : row,
  ]);
  return { ...tables, sessions: new Map(sessions) };
}

function written(tables: Tables, writes: Writes): Tables {
  const entries = writes.entries.map((row, index) => {
    return { ...row, id: ledgerEntryId(tables.entries.length + 1 + index) };
  });
  const byId = <Row extends { readonly id: unknown }>(rows: readonly Row[]) =>
    rows.map((row): [Row['id'], Row] => [row.id, row]);
  return {
    accounts: tables.accounts,
    appointments: new Map([...tables.appointments, ...byId(writes.appointments)]),
    grants: new Map([...tables.grants, ...byId(writes.grants.map(({ grant }) => grant))]),
    sessions: new Map([
      ...tables.sessions,
      ...writes.sessions.map((row) => [row.session.id, sessionRow(row)] as const),
    ]),
    entries: [...tables.entries, ...entries],
    events: [...tables.events, ...writes.events],
    messages: [...tables.messages, ...writes.messages],
    actions: [...tables.actions, ...writes.actions],
  };
}

/** The table of sessions has no column for charges: those that stand are read from the ledger when a session is loaded. */
const sessionRow = ({ session, isNew: _isNew, ...counters }: SessionRow): StoredSession => ({
  ...counters,
  session: session.state === 'active' ? { ...session, standingCharges: [] } : session,
});
