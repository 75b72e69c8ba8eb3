/** An id of a query that may be left out, already checked by its schema. */
export const idOrNull = <Id>(parse: (id: number) => Id, text: string | undefined): Id | null =>
  text === undefined ? null : parse(Number(text));
