import type { AdminAction } from '../../sessions/admin-actions.ts';
import { Prisma } from '../client.ts';
import { insertInto } from '../columns.ts';
import { NEW_ACTION } from '../rows.ts';

/** One by itself. Nothing is unique among them but a person's view of a patient, which counts once an hour. */
export const insertAction = (action: AdminAction) =>
  Prisma.sql`${insertInto('admin_actions', [action], NEW_ACTION)} ON CONFLICT DO NOTHING`;
