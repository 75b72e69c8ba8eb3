import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { type Client, escapeIdentifier, escapeLiteral } from 'pg';
import { codeOf, withConnection } from './create-database.ts';
import { queueSchemaOf, schemaOf } from './database-url.ts';

/**
 * All that the API and the worker need of each table. No right to change or remove what is appended, and none of the
 * owner's, who could switch the triggers off. A lock on a row needs the right to change one column of it.
 */
export const RIGHTS: Readonly<Record<string, string>> = {
  accounts: 'SELECT, INSERT, UPDATE (created_at)',
  appointments: 'SELECT, INSERT, UPDATE',
  grants: 'SELECT, INSERT, UPDATE',
  text_appointment_sessions: 'SELECT, INSERT, UPDATE',
  ledger_entries: 'SELECT, INSERT',
  session_events: 'SELECT, INSERT',
  messages: 'SELECT, INSERT',
  audit_runs: 'SELECT, INSERT, UPDATE',
  admin_actions: 'SELECT, INSERT',
  processes: 'SELECT, INSERT, UPDATE, DELETE',
  event_activations: 'SELECT, INSERT',
  sign_ins: 'SELECT, INSERT, DELETE',
  used_tokens: 'SELECT, INSERT, DELETE',
  // Which installation this is.
  _prisma_migrations: 'SELECT',
};

const INSUFFICIENT_PRIVILEGE = '42501';
const WRONG_PASSWORD = '28P01';

/**
 * Gives the role of DATABASE_URL the rights that API and worker need, and no others; makes the role where there is none.
 * To be run by the owner of the tables, after they have been brought up to date. Safe to repeat.
 * @throws an Error that says in one sentence what to do.
 */
export async function grantRights(ownerUrl: string, url: string, isQueueOnRedis: boolean): Promise<void> {
  const role = decodeURIComponent(new URL(url).username);
  const isSamePlace =
    schemaOf(ownerUrl) === schemaOf(url) && new URL(ownerUrl).pathname === new URL(url).pathname;
  if (!isSamePlace)
    throw new Error(
      'DATABASE_OWNER_URL and DATABASE_URL name different databases or schemas: let them name the same',
    );
  if (role === '')
    throw new Error('DATABASE_URL names no role: write postgresql://role:password@host/database');
  try {
    await withConnection(ownerUrl, async (owner) => {
      await createRole(owner, url, role);
      const flaw = await flawOfRole(owner, role);
      if (flaw !== null) throw new Error(flaw);
      await owner.query('BEGIN');
      for (const statement of statementsFor(role, url, isQueueOnRedis)) await owner.query(statement);
      await owner.query('COMMIT');
    });
  } catch (error) {
    if (codeOf(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new Error(
      `the role of DATABASE_OWNER_URL may not make or grant what ${role} needs: let a superuser CREATE ROLE ${role} LOGIN, and let DATABASE_OWNER_URL name the owner of the tables`,
      { cause: error },
    );
  }
}

/** Makes the role, or gives it the password of the URL where that is not the one it has. */
async function createRole(owner: Client, url: string, role: string): Promise<void> {
  const { rowCount } = await owner.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  const isThere = rowCount !== 0;
  if (isThere && (await canSignIn(url))) return;
  const password = escapeLiteral(verifierOf(decodeURIComponent(new URL(url).password)));
  await owner.query(
    `${isThere ? 'ALTER' : 'CREATE'} ROLE ${escapeIdentifier(role)} LOGIN PASSWORD ${password}`,
  );
}

async function canSignIn(url: string): Promise<boolean> {
  try {
    await withConnection(url, () => Promise.resolve());
    return true;
  } catch (error) {
    if (codeOf(error) === WRONG_PASSWORD) return false;
    throw error;
  }
}

/** Why nothing that is granted would bind this role; null where nothing is in the way. */
async function flawOfRole(owner: Client, role: string): Promise<string | null> {
  const { rows } = await owner.query<{ isAlmighty: boolean; isOwner: boolean }>(
    `SELECT rolsuper AS "isAlmighty",
       EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('ledger_entries') AND pg_has_role(r.oid, relowner, 'MEMBER')) AS "isOwner"
     FROM pg_roles r WHERE rolname = $1`,
    [role],
  );
  if (rows[0]?.isAlmighty === true)
    return `${role}, the role of DATABASE_URL, is a superuser: let DATABASE_URL name a role of its own`;
  if (rows[0]?.isOwner === true)
    return `${role}, the role of DATABASE_URL, owns the tables: let DATABASE_URL name another role than DATABASE_OWNER_URL`;
  return null;
}

function statementsFor(name: string, url: string, isQueueOnRedis: boolean): readonly string[] {
  const role = escapeIdentifier(name);
  const schema = escapeIdentifier(schemaOf(url));
  const database = escapeIdentifier(decodeURIComponent(new URL(url).pathname.slice(1)));
  const engine = [
    `GRANT CONNECT, TEMPORARY ON DATABASE ${database} TO ${role}`,
    `GRANT USAGE ON SCHEMA ${schema} TO ${role}`,
    // What an earlier version granted and this one does not need.
    `REVOKE ALL ON ALL TABLES IN SCHEMA ${schema} FROM ${role}`,
    `REVOKE ALL ON ALL SEQUENCES IN SCHEMA ${schema} FROM ${role}`,
    ...Object.entries(RIGHTS).map(([table, rights]) => `GRANT ${rights} ON ${schema}.${table} TO ${role}`),
    `GRANT USAGE ON SEQUENCE ${schema}.text_appointment_sessions_id_seq TO ${role}`,
    // To read which number was the last.
    `GRANT SELECT ON SEQUENCE ${schema}.ledger_entries_id_seq TO ${role}`,
  ];
  if (isQueueOnRedis) return engine;
  const queue = escapeIdentifier(queueSchemaOf(url));
  return [
    ...engine,
    // BullMQ makes a sequence for each queue when it is first used. Nothing in there is money.
    `GRANT USAGE, CREATE ON SCHEMA ${queue} TO ${role}`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${queue} TO ${role}`,
    `GRANT ALL ON ALL SEQUENCES IN SCHEMA ${queue} TO ${role}`,
    // Emptying a queue on the board drops its sequence, which only the owner may. Where this may not be given away, all
    // but that works.
    `DO $$
     DECLARE sequence regclass;
     BEGIN
       FOR sequence IN SELECT oid FROM pg_class
         WHERE relkind = 'S' AND relnamespace = ${escapeLiteral(queueSchemaOf(url))}::regnamespace AND starts_with(relname, 'bullmq_jid_')
       LOOP EXECUTE format('ALTER SEQUENCE %s OWNER TO %I', sequence, ${escapeLiteral(name)}); END LOOP;
     EXCEPTION WHEN insufficient_privilege THEN NULL;
     END $$`,
  ];
}

/** A password as PostgreSQL keeps it (RFC 5803), so that it is never part of a statement, which may be logged. */
function verifierOf(password: string): string {
  const iterations = 4096;
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, 32, 'sha256');
  const keyFor = (name: string) => createHmac('sha256', salted).update(name).digest();
  const storedKey = createHash('sha256').update(keyFor('Client Key')).digest('base64');
  const serverKey = keyFor('Server Key').toString('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
