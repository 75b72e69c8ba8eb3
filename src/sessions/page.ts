/** One page of a list. */
export interface Page<Item, Cursor> {
  readonly items: readonly Item[];
  /** Null where this was the last page. */
  readonly nextCursor: Cursor | null;
}

/** The first `limit` of what was found; one more was asked for, to see whether there is a next page. */
export function pageOf<Item, Cursor>(
  found: readonly Item[],
  limit: number,
  cursorOf: (last: Item) => Cursor,
): Page<Item, Cursor> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: found.length > limit && last !== undefined ? cursorOf(last) : null };
}
