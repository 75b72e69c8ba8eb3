/** The first place at which two values are not the same, in words; null where they are. Both are plain data. */
export function difference(engine: unknown, model: unknown, place: string): string | null {
  if (Object.is(engine, model)) return null;
  if (!isRecord(engine) || !isRecord(model))
    return `${place}: the engine says ${JSON.stringify(engine)}, the model ${JSON.stringify(model)}`;
  for (const key of Object.keys(model)) {
    const found = difference(engine[key], model[key], `${place}.${key}`);
    if (found !== null) return found;
  }
  const more = Object.keys(engine).find((key) => !(key in model));
  return more === undefined ? null : difference(engine[more], undefined, `${place}.${more}`);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
