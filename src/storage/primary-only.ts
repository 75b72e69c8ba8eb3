import { Client, type ClientBase } from 'pg';

/** read_only_sql_transaction (PostgreSQL, appendix A). */
export const READ_ONLY = '25006';

/** The server at the other end shows what was true somewhere else, and cannot write. */
export class NotThePrimary extends Error {
  override readonly name = 'NotThePrimary';
  // With these fields the driver adapter passes it on as one of PostgreSQL's own errors.
  readonly code = READ_ONLY;
  readonly severity = 'FATAL';
}

export interface ServerRow {
  readonly is_standby: boolean;
  readonly is_read_only: boolean;
}

/** What libpq asks for `target_session_attrs=primary` and `=read-write`; this driver knows neither. */
export const ASK_SERVER = `SELECT pg_is_in_recovery() AS is_standby, current_setting('transaction_read_only')::boolean AS is_read_only`;

export function whyNotPrimary(server: ServerRow | undefined): NotThePrimary | null {
  if (server?.is_standby !== false)
    return new NotThePrimary(
      'DATABASE_URL leads to a standby: let it lead to the primary, or promote this one',
    );
  if (!server.is_read_only) return null;
  return new NotThePrimary(
    'DATABASE_URL leads to a server that is read-only (default_transaction_read_only): let it lead to the primary',
  );
}

/**
 * Money is read and written on the primary only: a connection to anything else counts as no connection. Asked once a
 * connection. And where a server turns read-only later, which is how an old primary is left behind in a switchover,
 * a connection to it ends with the first statement that it refuses, so that the next try connects anew.
 */
export function requirePrimary(client: ClientBase, done: (error?: Error) => void): void {
  // Until this has answered there is no other listener, and an error without one ends the process.
  client.on('error', () => {});
  if (client instanceof Client)
    client.connection.on('errorMessage', ({ code }: { readonly code?: string }) => {
      // The statement has heard of it by now, and the pool drops what is ending when it is given back.
      if (code === READ_ONLY) void client.end();
    });
  client.query<ServerRow>(ASK_SERVER, (error: Error | null, answer) => {
    done(error ?? whyNotPrimary(answer.rows[0]) ?? undefined);
  });
}

/**
 * The same for what only reads: then the connection refuses to write. Set only after the check above, which would take a
 * read-only connection for a read-only server.
 */
export function requirePrimaryToRead(client: ClientBase, done: (error?: Error) => void): void {
  requirePrimary(client, (error) => {
    if (error === undefined)
      client.query('SET default_transaction_read_only = on', (failed: Error | null) =>
        done(failed ?? undefined),
      );
    else done(error);
  });
}
