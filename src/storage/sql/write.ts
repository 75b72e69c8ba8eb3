import type { Writes } from '../../sessions/store.ts';
import { Prisma } from '../client.ts';
import { insertInto, updateOf, type ValuesOf } from '../columns.ts';
import {
  APPOINTMENT,
  CHANGED_GRANT,
  CHANGED_SESSION,
  entryValues,
  EVENT,
  eventValues,
  GRANT,
  grantValues,
  MESSAGE,
  NEW_ACTION,
  NEW_ENTRY,
  SESSION,
  sessionValues,
} from '../rows.ts';

/**
 * Everything that a batch came to, in one statement: a part a table, and no part for a table that nothing is written
 * to. The checks, keys and triggers of the schema see all of it before anything is kept. Ledger entries get their ids
 * in the order in which they were made.
 */
export function writeChanges(writes: Writes): Prisma.Sql {
  const { appointments, grants, sessions, entries, events, messages, actions } = writes;
  const [newGrants, changedGrants] = apart(grants);
  const [newSessions, changedSessions] = apart(sessions);
  const parts = [
    ...part('appointment', appointments, putAppointments),
    ...part('new_grant', newGrants.map(grantValues), (rows) => insertInto('grants', rows, GRANT)),
    ...part('changed_grant', changedGrants.map(grantValues), (rows) =>
      updateOf('grants', rows, CHANGED_GRANT),
    ),
    ...part('new_session', newSessions.map(sessionValues), (rows) => insertInto(SESSIONS, rows, SESSION)),
    ...part('changed_session', changedSessions.map(sessionValues), (rows) =>
      updateOf(SESSIONS, rows, CHANGED_SESSION),
    ),
    ...part('entry', entries.map(entryValues), insertEntries),
    ...part('event', events.map(eventValues), (rows) => insertInto('session_events', rows, EVENT)),
    ...part('message', messages, (rows) => insertInto('messages', rows, MESSAGE)),
    ...part(
      'action',
      actions,
      (rows) => Prisma.sql`${insertInto('admin_actions', rows, NEW_ACTION)} ORDER BY position`,
    ),
  ];
  if (parts.length === 0) throw new Error('there is nothing to write');
  return Prisma.sql`WITH ${Prisma.join(parts)} SELECT 1`;
}

const SESSIONS = 'text_appointment_sessions';

const apart = <Row extends { readonly isNew: boolean }>(rows: readonly Row[]) =>
  [rows.filter(({ isNew }) => isNew), rows.filter(({ isNew }) => !isNew)] as const;

const part = <Row>(
  name: string,
  rows: readonly Row[],
  statement: (rows: readonly Row[]) => Prisma.Sql,
): readonly Prisma.Sql[] =>
  rows.length === 0 ? [] : [Prisma.sql`${Prisma.raw(name)} AS (${statement(rows)})`];

const insertEntries = (rows: readonly ValuesOf<typeof NEW_ENTRY>[]): Prisma.Sql =>
  Prisma.sql`${insertInto('ledger_entries', rows, NEW_ENTRY)} ORDER BY position`;

const putAppointments = (rows: Writes['appointments']): Prisma.Sql => {
  const replaced = Object.values(APPOINTMENT)
    .filter(({ name }) => name !== 'id')
    .map(({ name }) => `${name} = excluded.${name}`)
    .join(', ');
  return Prisma.sql`${insertInto('appointments', rows, APPOINTMENT)}
  ON CONFLICT (id) DO UPDATE SET ${Prisma.raw(replaced)}, updated_at = session_clock()`;
};
