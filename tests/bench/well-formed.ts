/** The names of all elements, in order. @throws where the text is not well-formed, as far as pictures of ours go. */
export function elementsOf(svg: string): readonly string[] {
  const names: string[] = [];
  const open: string[] = [];
  const tags = /<(\/?)([a-z]+)((?:\s[\w-]+="[^"<]*"|\sxmlns="[^"]*")*)\s*(\/?)>/g;
  const rest = svg.replaceAll(tags, (_tag, closes: string, name: string, _attributes, isEmpty: string) => {
    if (closes === '/') {
      const last = open.pop();
      if (last !== name) throw new Error(`</${name}> closes ${last}`);
    } else {
      names.push(name);
      if (isEmpty === '') open.push(name);
    }
    return '';
  });
  if (open.length > 0) throw new Error(`${open.join(', ')} is never closed`);
  if (/[<>]|&(?!amp;|lt;|gt;|quot;)/.test(rest)) throw new Error(`not escaped: ${rest.slice(0, 200)}`);
  return names;
}
