/** Sorts rows by the session that they belong to; those of none are left out. */
export function bySession<Row extends { readonly sessionId: number | null }>(
  rows: readonly Row[],
): ReadonlyMap<number, readonly Row[]> {
  const sessions = new Map<number, Row[]>();
  for (const row of rows) {
    if (row.sessionId === null) continue;
    const own = sessions.get(row.sessionId);
    if (own === undefined) sessions.set(row.sessionId, [row]);
    else own.push(row);
  }
  return sessions;
}
