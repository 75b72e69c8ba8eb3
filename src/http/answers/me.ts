import { Type } from 'typebox';
import type { UserId } from '../../billing/ids.ts';
import { id, oneOf } from '../schemas.ts';

export const meSchema = Type.Object({ user_id: id, role: oneOf('admin') });

/** For a caller whom the guard let through to the routes for administrators. */
export const meJson = (userId: UserId): Type.Static<typeof meSchema> => ({ user_id: userId, role: 'admin' });
