import { Prisma } from '../client.ts';

export interface InstallationRow {
  readonly id: string;
}

/** The first migration of this database has an id of its own, which a dump and a restore keep. */
export const findInstallation = () => Prisma.sql`
  SELECT id FROM _prisma_migrations ORDER BY started_at, id LIMIT 1`;

export interface RightsRow {
  readonly role: string;
  readonly schema: string;
  readonly hasTables: boolean;
  readonly mayWrite: boolean;
}

/** Whether this role finds the tables and may write to them. */
export const askRights = () => Prisma.sql`
  SELECT current_user::text AS role, current_setting('search_path') AS schema,
    to_regclass('ledger_entries') IS NOT NULL AS "hasTables",
    coalesce(has_table_privilege(to_regclass('ledger_entries')::oid, 'INSERT'), false)
      AND coalesce(has_table_privilege(to_regclass('text_appointment_sessions')::oid, 'UPDATE'), false) AS "mayWrite"`;
