/** What an answer of the API holds at this place; the API is trusted no further than that. */
export function fieldOf(body: unknown, ...path: readonly string[]): unknown {
  let value: unknown = body;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
  }
  return value;
}

/** @throws where there is none: then the API does not keep its contract. */
export function numberOf(body: unknown, ...path: readonly string[]): number {
  const value = fieldOf(body, ...path);
  if (typeof value === 'number') return value;
  throw new Error(`an answer has no number at ${path.join('.')}: ${JSON.stringify(body)}`);
}

/** @throws where there is none. */
export function textOf(body: unknown, ...path: readonly string[]): string {
  const value = fieldOf(body, ...path);
  if (typeof value === 'string') return value;
  throw new Error(`an answer has no text at ${path.join('.')}: ${JSON.stringify(body)}`);
}

/** Milliseconds since 1970. @throws where there is no instant. */
export const instantOf = (body: unknown, ...path: readonly string[]): number =>
  Date.parse(textOf(body, ...path));
