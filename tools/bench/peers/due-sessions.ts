import type { ClientBase } from 'pg';

export interface DueSession {
  readonly sessionId: number;
  readonly dueAt: Date;
}

/** Every active session with its next deadline. */
export async function dueSessions(sql: ClientBase): Promise<readonly DueSession[]> {
  const { rows } = await sql.query<DueSession>(
    `SELECT id::integer AS "sessionId", next_deadline_at AS "dueAt"
     FROM text_appointment_sessions WHERE is_active ORDER BY id`,
  );
  return rows;
}

export function* pagesOf<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
