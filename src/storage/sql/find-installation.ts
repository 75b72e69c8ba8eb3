import { Prisma } from '../client.ts';

export interface InstallationRow {
  readonly id: string;
}

/** The first migration of this database has an id of its own, which a dump and a restore keep. */
export const findInstallation = () => Prisma.sql`
  SELECT id FROM _prisma_migrations ORDER BY started_at, id LIMIT 1`;
