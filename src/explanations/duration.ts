const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** `4 min 10 s`, `10 min`, `1 h 5 s`: whole seconds, the rest is cut off. */
export function duration(ms: number): string {
  const words: string[] = [];
  let left = Math.floor(ms / 1000);
  for (const [unit, seconds] of UNITS) {
    const count = Math.floor(left / seconds);
    left -= count * seconds;
    if (count > 0) words.push(`${count} ${unit}`);
  }
  return words.length === 0 ? '0 s' : words.join(' ');
}
