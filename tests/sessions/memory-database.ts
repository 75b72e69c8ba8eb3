/**
 * The database of the tests: the same tables as the real one, the same picture when a command loads
 * (memory-load.ts), and the same refusals when it writes (memory-constraints.ts).
 */
import { ledgerEntryId, sessionId, type SessionId } from '../../src/billing/ids.ts';
import type { Instant } from '../../src/billing/time.ts';
import type { Loaded, Needs, SessionRow, Writes } from '../../src/sessions/store.ts';
import { assertWritable } from './memory-constraints.ts';
import { loadedFrom } from './memory-load.ts';
import { noRows, type StoredSession, type Tables } from './memory-tables.ts';

export interface MemoryDatabase {
  readonly tables: () => Tables;
  /** Makes the accounts that have to exist. */
  readonly makeAccounts: (needs: Needs) => void;
  readonly load: (needs: Needs, now: Instant) => Loaded;
  /** One transaction. @throws ConstraintViolated where the real database would refuse; nothing is written then. */
  readonly write: (writes: Writes) => void;
  /** Moves the last activity of a session, and nothing else. */
  readonly touch: (id: SessionId, at: Instant) => void;
}

export function createMemoryDatabase(): MemoryDatabase {
  let tables = noRows();
  let lastSessionId = 0;
  return {
    tables: () => tables,
    makeAccounts: ({ patients = [] }) => {
      tables = { ...tables, accounts: new Set([...tables.accounts, ...patients]) };
    },
    load: (needs, now) => {
      const newSessionIds = Array.from({ length: needs.newSessions ?? 0 }, () => {
        lastSessionId += 1;
        return sessionId(lastSessionId);
      });
      return loadedFrom(tables, needs, now, newSessionIds);
    },
    write: (writes) => {
      assertWritable(tables, writes);
      tables = written(tables, writes);
    },
    touch: (id, at) => {
      const row = tables.sessions.get(id);
      if (row === undefined) throw new Error(`there is no session ${id} to touch`);
      const session = { ...row.session, lastActivityAt: at };
      tables = { ...tables, sessions: new Map(tables.sessions).set(id, { ...row, session }) };
    },
  };
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
  };
}

/** The table of sessions has no column for charges: those that stand are read from the ledger when a session is loaded. */
const sessionRow = ({ session, isNew: _isNew, ...counters }: SessionRow): StoredSession => ({
  ...counters,
  session: session.state === 'active' ? { ...session, standingCharges: [] } : session,
});
