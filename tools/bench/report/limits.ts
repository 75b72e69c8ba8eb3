/** bench/limits.md, by heading: what was found out about a row that misses its aim. */
export function parseLimits(markdown: string): ReadonlyMap<string, string> {
  const sections = markdown.split(/^## /m).slice(1);
  return new Map(
    sections.map((section) => {
      const [title = '', ...lines] = section.split('\n');
      return [title.trim(), lines.join('\n').trim()];
    }),
  );
}
