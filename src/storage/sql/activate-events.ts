import { Prisma } from '../client.ts';

/**
 * Stores from when on every low balance is in the log, once no process of an older version is connected to this
 * database. Done once; asked again it changes nothing.
 */
export const activateLowBalance = () => Prisma.sql`
  INSERT INTO event_activations (type, since)
  SELECT 'low_balance', session_clock()
  WHERE NOT EXISTS (
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'session-engine%' AND application_name NOT LIKE '% log:%'
  )
  ON CONFLICT (type) DO NOTHING`;
