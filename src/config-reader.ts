import { readFileSync } from 'node:fs';
import { MAX_POLICY_SECONDS } from './billing/policy.ts';
import { flawOfSchema } from './storage/database-url.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads settings one by one. Mistakes are collected, so that all of them are reported at once. */
export interface ConfigReader {
  /** Each a line that says what to do. None repeats a value that may hold a secret. */
  readonly mistakes: string[];
  /** Null: not set. A setting that is empty is not set. */
  readonly text: (name: string) => string | null;
  /** The setting, or the content of the file that `<name>_FILE` names, as Docker and Kubernetes mount secrets. */
  readonly secret: (name: string) => string | null;
  /** Whether the setting, or its file, is set at all, right or wrong. */
  readonly isGiven: (name: string) => boolean;
  readonly integer: (name: string, min: number, max: number) => number | null;
  /** Given in seconds, `minSeconds` to a year; read as milliseconds. */
  readonly seconds: (name: string, minSeconds: number) => number | null;
  /** It may hold a password, so it may come from a file. */
  readonly databaseUrl: (name: string) => string | null;
  /** One URL, or the nodes of a cluster, separated by commas. */
  readonly redisUrl: (name: string) => string | null;
  readonly httpUrl: (name: string) => string | null;
  readonly flag: (name: string) => boolean | null;
  readonly word: <Word extends string>(name: string, words: readonly Word[]) => Word | null;
}

const POSTGRES = ['postgresql://', 'postgres://'];
const REDIS = ['redis://', 'rediss://'];
const HTTP = ['https://', 'http://'];
const PERCENT_ENCODE =
  'In the user and the password, write # as %23, / as %2F, ? as %3F, @ as %40, : as %3A and % as %25.';

export function createConfigReader(environment: Environment): ConfigReader {
  const mistakes: string[] = [];
  const text = (name: string): string | null => {
    const value = environment[name]?.trim();
    return value === undefined || value === '' ? null : value;
  };
  const secret = (name: string): string | null => {
    const value = text(name);
    const file = text(`${name}_FILE`);
    if (file === null) return value;
    if (value !== null) {
      mistakes.push(`${name} and ${name}_FILE are both set. Set one of them.`);
      return null;
    }
    const content = contentOf(file);
    if (content.kind === 'content') return content.text;
    mistakes.push(`${name}_FILE names ${file}, which ${content.flaw}.`);
    return null;
  };
  const integer = (name: string, min: number, max: number): number | null => {
    const value = text(name);
    if (value === null) return null;
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= min && number <= max) return number;
    mistakes.push(`${name} must be a whole number from ${min} to ${max}, not ${JSON.stringify(value)}.`);
    return null;
  };
  const url = (name: string, flawOf: (value: string) => string | null): string | null => {
    const value = secret(name);
    const flaw = value === null ? null : flawOf(value);
    if (flaw === null) return value;
    mistakes.push(`${name} ${flaw}`);
    return null;
  };
  return {
    mistakes,
    text,
    secret,
    isGiven: (name) => text(name) !== null || text(`${name}_FILE`) !== null,
    integer,
    seconds: (name, minSeconds) => {
      const seconds = integer(name, minSeconds, MAX_POLICY_SECONDS);
      return seconds === null ? null : seconds * 1000;
    },
    databaseUrl: (name) => url(name, flawOfDatabaseUrl),
    redisUrl: (name) => url(name, flawOfRedisUrl),
    httpUrl: (name) =>
      url(name, (value) =>
        begins(value, HTTP) && URL.canParse(value)
          ? null
          : `must be a URL that begins with ${HTTP.join(' or ')}.`,
      ),
    flag: (name) => {
      const value = text(name);
      if (value === null) return null;
      if (value === 'true' || value === 'false') return value === 'true';
      mistakes.push(`${name} must be true or false, not ${JSON.stringify(value)}.`);
      return null;
    },
    word: (name, words) => {
      const value = text(name);
      const word = words.find((known) => known === value);
      if (value !== null && word === undefined)
        mistakes.push(`${name} must be one of ${words.join(', ')}, not ${JSON.stringify(value)}.`);
      return word ?? null;
    },
  };
}

type Content =
  { readonly kind: 'content'; readonly text: string } | { readonly kind: 'none'; readonly flaw: string };

/** Without the line end that editors, and most ways to make a secret, put at the end of a file. */
function contentOf(file: string): Content {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return text === '' ? { kind: 'none', flaw: 'is empty' } : { kind: 'content', text };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { kind: 'none', flaw: `cannot be read (${code})` };
  }
}

const begins = (value: string, forms: readonly string[]): boolean =>
  forms.some((form) => value.toLowerCase().startsWith(form));

function flawOfDatabaseUrl(value: string): string | null {
  if (!begins(value, POSTGRES)) return `must be a URL that begins with ${POSTGRES.join(' or ')}.`;
  if (isWhole(value)) return flawOfSchema(value);
  return `cannot be read as a URL. ${PERCENT_ENCODE} Before ?host=/directory, write localhost: postgresql://user@localhost/database?host=/directory`;
}

function flawOfRedisUrl(value: string): string | null {
  const nodes = value.split(',').map((node) => node.trim());
  if (!nodes.every((node) => begins(node, REDIS)))
    return `must be a URL that begins with ${REDIS.join(' or ')}, or several, separated by commas.`;
  if (!nodes.every(isWhole)) return `cannot be read as a URL. ${PERCENT_ENCODE}`;
  const databases = nodes.map((node) => new URL(node).pathname.replace(/^\//, ''));
  if (!databases.every((database) => /^\d{0,4}$/.test(database)))
    return 'must end in the number of a database, such as /0, or in the port.';
  if (nodes.length > 1 && databases.some((database) => Number(database) > 0))
    return 'names the nodes of a cluster, which has only the database 0: leave the number out.';
  return null;
}

/** False also where it can be parsed, but a part of the password was read as another part of the URL. */
function isWhole(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { hostname, username, password, pathname, search, hash } = new URL(value);
  if (hash !== '' || pathname.includes('@') || (username === '' && search.includes('@'))) return false;
  try {
    return [hostname, username, password, pathname].every((part) => decodeURIComponent(part) !== null);
  } catch {
    return false;
  }
}
