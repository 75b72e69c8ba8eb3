import type { ClientBase } from 'pg';

export const TASK = 'deduct';

/**
 * Sets the session's next job within the transaction that is open on `client`. The key makes it the session's only
 * one; the job that is being worked on loses the key to it.
 */
export async function addDeduction(client: ClientBase, sessionId: number, dueAt: Date): Promise<void> {
  await client.query({
    name: 'add-job',
    text: `SELECT graphile_worker.add_job($1, json_build_object('sessionId', $2::integer), run_at := $3,
      job_key := 'session-' || $2::text)`,
    values: [TASK, sessionId, dueAt],
  });
}
