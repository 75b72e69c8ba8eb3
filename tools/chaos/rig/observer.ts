import { Pool, type QueryResultRow } from 'pg';

/** Reads the database from outside, by a connection of its own that no fault is aimed at. */
export interface Observer {
  /** @throws where the database does not answer in time. */
  ask<Row extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** The same, asked again until the database answers or a minute has passed. */
  askPatiently<Row extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** After the server has moved. */
  reconnect(): void;
  close(): Promise<void>;
}

const ANSWER_TIMEOUT_MS = 2_000;
const PATIENCE_MS = 60_000;

export function openObserver(url: () => string): Observer {
  let pool = openPool(url());
  const ask = async <Row extends QueryResultRow>(
    sql: string,
    values: readonly unknown[],
    timeoutMs: number,
  ): Promise<Row[]> => {
    const { rows } = await pool.query<Row>({ text: sql, values: [...values], query_timeout: timeoutMs } as {
      text: string;
      values: unknown[];
    });
    return rows;
  };
  return {
    ask: (sql, values = []) => ask(sql, values, ANSWER_TIMEOUT_MS),
    askPatiently: async (sql, values = []) => {
      const deadlineMs = performance.now() + PATIENCE_MS;
      for (;;)
        try {
          return await ask(sql, values, PATIENCE_MS);
        } catch (error) {
          if (performance.now() > deadlineMs) throw error;
          await new Promise((resolve) => setTimeout(resolve, 250));
        }
    },
    reconnect: () => {
      void pool.end();
      pool = openPool(url());
    },
    close: () => pool.end(),
  };
}

function openPool(connectionString: string): Pool {
  const pool = new Pool({
    connectionString,
    max: 2,
    connectionTimeoutMillis: ANSWER_TIMEOUT_MS,
    application_name: 'chaos observer',
  });
  // A connection that broke while nobody used it: the next question opens another.
  pool.on('error', () => {});
  return pool;
}
