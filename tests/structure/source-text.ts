/** Reads just enough of TypeScript to tell code from comments and texts. */

type Part = 'comment' | 'text' | 'code';

const BEFORE_A_REGEX = /(?:^|[=(,:[!&|?{};+>]|\breturn|\bcase)\s*$/;

/** The code with comments blanked out, and every line where it was. Texts (`'…'`) stay: imports are written in them. */
export const withoutComments = (text: string): string => blanked(text, new Set(['comment']));

/** The code alone: comments and texts blanked out, and every line where it was. */
export const codeOf = (text: string): string => blanked(text, new Set(['comment', 'text']));

function blanked(text: string, unwanted: ReadonlySet<Part>): string {
  let made = '';
  for (const [part, piece] of partsOf(text))
    made += unwanted.has(part) ? piece.replaceAll(/[^\n]/g, ' ') : piece;
  return made;
}

function* partsOf(text: string): Generator<readonly [Part, string]> {
  let code = '';
  for (let at = 0; at < text.length;) {
    const special = specialAt(text, at, code);
    if (special === null) {
      code += text[at];
      at += 1;
      continue;
    }
    yield ['code', code];
    yield special;
    // What a comment leaves behind is a blank; what a text leaves behind is a value.
    code = '';
    at += special[1].length;
  }
  yield ['code', code];
}

/** The comment, text or regular expression that begins here. `before` is the code up to here. */
function specialAt(text: string, at: number, before: string): readonly [Part, string] | null {
  const rest = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  const comment = rest(/\/\/[^\n]*|\/\*[^]*?\*\//y);
  if (comment !== null) return ['comment', comment];
  const quoted = rest(/'(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*"|`(?:[^`\\]|\\[^])*`/y);
  if (quoted !== null) return ['text', quoted];
  const regex = BEFORE_A_REGEX.test(before)
    ? rest(/\/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y)
    : null;
  return regex === null ? null : ['text', regex];
}
