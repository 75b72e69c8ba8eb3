/** Units that somebody typed: a whole number that is not 0, with or without a sign. Null where it is none. */
export function parseUnits(text: string): number | null {
  // What a phone's keyboard and a spreadsheet make of a minus.
  const plain = text.trim().replace(/^[−–]/, '-').replace(/^\+/, '');
  if (!/^-?\d{1,9}$/.test(plain)) return null;
  const units = Number(plain);
  return units === 0 ? null : units;
}
