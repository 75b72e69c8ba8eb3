/** What DATABASE_URL says beside where the server is: read here, for the engine, the queue and the migrations. */

const DEFAULT_SCHEMA = 'public';
const DEFAULT_QUEUE_SCHEMA = 'bullmq';
/** Names that PostgreSQL takes without quotes, and short enough for the queue's schema to be made of them. */
const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,49}$/;
/** With this driver all three verify the server's name and certificate, as `verify-full` does, but print a warning. */
const VERIFYING_SSL_MODES = new Set(['prefer', 'require', 'verify-ca']);

/**
 * How instants and numbers are written on the wire. A database, a role or a machine may have other defaults, and what
 * is read would then be another instant, or none.
 */
const WRITTEN_AS = '-c timezone=UTC -c datestyle=ISO,MDY -c extra_float_digits=1';

/** The schema of the engine's tables: `?schema=`, or `public`. */
export const schemaOf = (databaseUrl: string): string =>
  new URL(databaseUrl).searchParams.get('schema') ?? DEFAULT_SCHEMA;

/** The schema of BullMQ's tables, where the queue lives in the same database: one for each schema of an engine. */
export function queueSchemaOf(databaseUrl: string): string {
  const schema = schemaOf(databaseUrl);
  return schema === DEFAULT_SCHEMA ? DEFAULT_QUEUE_SCHEMA : `${schema}_${DEFAULT_QUEUE_SCHEMA}`;
}

/** What a connection is opened with, for the pools and clients of `pg`. */
export interface ConnectionOptions {
  readonly connectionString: string;
  /** Settings of PostgreSQL for this connection. */
  readonly options: string;
}

/**
 * Opens connections the way that the engine needs them. What the URL sets as well as we (`?options=`,
 * `?statement_timeout=` …) is merged, and ours wins: the driver by itself would take the URL's.
 */
export function connectionTo<Ours extends object>(
  databaseUrl: string,
  ours: Ours & { readonly options?: string },
): Ours & ConnectionOptions {
  const url = new URL(databaseUrl);
  const theirs = url.searchParams.get('options');
  const schema = schemaOf(databaseUrl);
  for (const name of ['options', 'schema', ...Object.keys(ours)]) url.searchParams.delete(name);
  const sslMode = url.searchParams.get('sslmode');
  const isCompatible = url.searchParams.get('uselibpqcompat') === 'true';
  if (sslMode !== null && !isCompatible && VERIFYING_SSL_MODES.has(sslMode))
    url.searchParams.set('sslmode', 'verify-full');
  const options = [theirs, `-c search_path=${schema}`, WRITTEN_AS, ours.options].filter(Boolean).join(' ');
  return { ...ours, connectionString: url.href, options };
}

/** What is wrong with what a URL says of the schema, as the end of a sentence; null where nothing is. */
export const flawOfSchema = (databaseUrl: string): string | null =>
  SCHEMA_NAME.test(schemaOf(databaseUrl))
    ? null
    : 'names a ?schema= that cannot be used: it takes up to 50 small letters, digits and underscores, and no digit first.';
