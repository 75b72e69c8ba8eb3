import { setTimeout as pause } from 'node:timers/promises';
import { done, type Fault } from '../fault.ts';
import type { Rig } from '../rig/rig.ts';
import { withOtherClient } from './postgres-connections.ts';

/** Another program takes the locks of this statement, and keeps them for `ms`. */
const holdLocks = (rig: Rig, ms: number, statement: string, values: readonly unknown[] = []): Promise<void> =>
  withOtherClient(rig, async (client) => {
    await client.query('BEGIN');
    await client.query(statement, [...values]);
    await pause(ms);
    await client.query('ROLLBACK');
  });

/** A lock is given up by the product after 3 s. */
export const accountsLocked: Fault = {
  name: 'accounts-locked',
  about: 'another program holds the locks of all accounts for 4 to 6 s, longer than a lock is waited for',
  touches: ['postgres'],
  isKill: false,
  inject: async (rig, random) => {
    const ms = random.between(4_000, 6_000);
    await holdLocks(rig, ms, 'SELECT patient_id FROM accounts ORDER BY patient_id FOR UPDATE');
    return done(`for ${ms / 1000} s`);
  },
};

export const tableLocked: Fault = {
  name: 'table-locked',
  about: 'another program holds the table of the sessions for 4 to 6 s, so that it cannot even be read',
  touches: ['postgres'],
  isKill: false,
  inject: async (rig, random) => {
    const ms = random.between(4_000, 6_000);
    await holdLocks(rig, ms, 'LOCK TABLE text_appointment_sessions IN ACCESS EXCLUSIVE MODE');
    return done(`for ${ms / 1000} s`);
  },
};

/** Longer than a statement may take (5 s), although no single lock takes as long as a lock may (3 s). */
export const statementsTimeOut: Fault = {
  name: 'statements-time-out',
  about: 'the locks of the accounts come free one third after the other, so that statements take over 5 s',
  touches: ['postgres'],
  isKill: false,
  inject: async (rig) => {
    const thirds = [1, 2, 3];
    await Promise.all(
      thirds.map((third) =>
        holdLocks(
          rig,
          third * 2_500,
          `SELECT patient_id FROM accounts
           WHERE patient_id IN (
             SELECT patient_id FROM (SELECT patient_id, ntile(3) OVER (ORDER BY patient_id) AS third FROM accounts) AS t
             WHERE third = $1)
           ORDER BY patient_id FOR UPDATE`,
          [third],
        ),
      ),
    );
    return done('2.5, 5 and 7.5 s');
  },
};
