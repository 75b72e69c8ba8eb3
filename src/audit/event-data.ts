/** Reads the data of events and entries, which are JSON that nobody has checked. Null = not there, or no such thing. */

const fieldOf = (data: unknown, name: string): unknown =>
  typeof data === 'object' && data !== null && name in data ? Reflect.get(data, name) : undefined;

export function wholeNumber(data: unknown, name: string): number | null {
  const value = fieldOf(data, name);
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
}

export function word(data: unknown, name: string): string | null {
  const value = fieldOf(data, name);
  return typeof value === 'string' ? value : null;
}

export const part = (data: unknown, name: string): unknown => fieldOf(data, name) ?? null;
