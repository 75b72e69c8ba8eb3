import type { ClientBase } from 'pg';
import { Pool, type PoolClient } from 'pg';
import type { Program } from '../../kit/product-program.ts';
import type { Rig } from '../rig.ts';
import type { PeerVerbs } from './api.ts';

/** What a peer's programs get from their environment: the same as the product's own. */
export interface PeerSettings {
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

/** The product, or one of its peers, as the bench runs it: an API and a worker over the product's own tables. */
export interface Contestant {
  readonly name: string;
  readonly startApi: (rig: Rig) => Promise<Program>;
  /** Resolves when its worker looks for what is due. */
  readonly startWorker: (rig: Rig) => Promise<Program>;
  /** Creates what it needs beside the product's tables. Once a run. */
  readonly prepare: (rig: Rig) => Promise<void>;
  /** Forgets all jobs and gives every active session the one that it would have by now. */
  readonly arm: (rig: Rig) => Promise<void>;
  /** The longest that a deduction is late by design; a round waits that long. */
  readonly lateByDesignMs: number;
}

/** The servers that a peer works on. */
export type Servers = Pick<Rig, 'databaseUrl' | 'redisUrl' | 'sql'>;

/** One design that others would use instead of ours, in one file. */
export interface Peer extends Pick<Contestant, 'name' | 'lateByDesignMs'> {
  readonly prepare: (servers: Servers) => Promise<void>;
  readonly arm: (servers: Servers) => Promise<void>;
  readonly openApi: (settings: PeerSettings) => Promise<PeerVerbs> | PeerVerbs;
  readonly openWorker: (settings: PeerSettings) => Promise<Running> | Running;
}

export interface Running {
  readonly close: () => Promise<void>;
}

/** Connections of each process of a peer: twice as many as the product takes. */
export const PEER_CONNECTIONS = 20;

export const openPool = (databaseUrl: string): Pool =>
  new Pool({ connectionString: databaseUrl, max: PEER_CONNECTIONS, connectionTimeoutMillis: 10_000 });

/** One transaction: all that `work` did, or nothing where it throws. */
export async function inTransaction<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}

export interface DueSession {
  readonly sessionId: number;
  readonly dueAt: Date;
}

/** Every active session with its next deadline, in pages of a thousand. */
export async function dueSessions(sql: ClientBase): Promise<readonly (readonly DueSession[])[]> {
  const { rows } = await sql.query<{ sessionId: number; dueAt: Date }>(
    `SELECT id::integer AS "sessionId", next_deadline_at AS "dueAt"
     FROM text_appointment_sessions WHERE is_active ORDER BY id`,
  );
  return Array.from({ length: Math.ceil(rows.length / 1_000) }, (_page, index) =>
    rows.slice(index * 1_000, (index + 1) * 1_000),
  );
}
