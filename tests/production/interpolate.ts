export type Environment = Readonly<Record<string, string>>;

/**
 * Puts variables into a text as docker compose does, for the forms that our file uses: `$$`, `${NAME}`,
 * `${NAME:-default}`, `${NAME?message}` (set, maybe empty) and `${NAME:?message}` (set, and not empty). Throws an
 * Error with the message where a required variable is missing; and one that says so for any other form. One inside
 * another is such a form: docker compose looks at the inner one even where it is not needed.
 */
export function interpolate(text: string, environment: Environment): string {
  const dollar = text.indexOf('$');
  if (dollar === -1) return text;
  const before = text.slice(0, dollar);
  if (text[dollar + 1] === '$') return `${before}$${interpolate(text.slice(dollar + 2), environment)}`;
  const end = endOfBraces(text, dollar);
  const value = valueOf(text.slice(dollar + 2, end), environment);
  return before + value + interpolate(text.slice(end + 1), environment);
}

/** Every variable that a text speaks of. */
export const variablesIn = (text: string): readonly string[] =>
  Array.from(text.matchAll(/(?<!\$)\$\{(\w+)/g), ([, name = '']) => name);

function valueOf(inside: string, environment: Environment): string {
  const [, name = '', form = '', word = ''] = /^(\w+)(:-|:\?|\?|)([^$]*)$/.exec(inside) ?? [];
  const value = environment[name];
  switch (name === '' || (form === '' && word !== '') ? inside : form) {
    case '':
    case ':-':
      return value === undefined || value === '' ? word : value;
    case ':?':
      if (value === undefined || value === '') throw new Error(`${name} is missing a value: ${word}`);
      return value;
    case '?':
      if (value === undefined) throw new Error(`${name} is missing a value: ${word}`);
      return value;
    default:
      throw new Error(`a form that is not known here: ${inside}`);
  }
}

/** The place of the brace that closes the one after the dollar. */
function endOfBraces(text: string, dollar: number): number {
  if (text[dollar + 1] !== '{') throw new Error(`a form that is not known here: ${text.slice(dollar)}`);
  let depth = 0;
  for (let place = dollar + 1; place < text.length; place += 1) {
    if (text[place] === '{') depth += 1;
    if (text[place] === '}') depth -= 1;
    if (depth === 0) return place;
  }
  throw new Error(`a brace is not closed: ${text.slice(dollar)}`);
}
