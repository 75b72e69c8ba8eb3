import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type ConfigOutcome, readConfig } from '../../src/config.ts';
import { readStartSettings } from '../../src/standalone/run-product.ts';

interface Entry {
  readonly name: string;
  readonly value: string;
  /** The comment above it. */
  readonly words: string;
}

const text = await readFile(new URL('../../.env.example', import.meta.url), 'utf8');

/** Every setting of .env.example, with # before it or not, and the paragraph that it ends. */
const entries: readonly Entry[] = text.split('\n\n').flatMap((paragraph) => {
  const lines = paragraph.split('\n');
  const words = lines.filter((line) => line.startsWith('# ')).join(' ');
  return lines.flatMap((line) => {
    const [, name, value = ''] = /^#?([A-Z][A-Z_]+)=(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, value, words }];
  });
});

/** What the product asks its environment for. */
function namesAskedFor(): ReadonlySet<string> {
  const asked = new Set<string>();
  const environment = new Proxy<Record<string, string>>(
    {},
    {
      get: (_target, name) => {
        asked.add(String(name));
        return undefined;
      },
    },
  );
  readConfig(environment);
  readStartSettings(environment);
  return asked;
}

const compose = await readFile(new URL('../../docker-compose.yml', import.meta.url), 'utf8');
const settings = namesAskedFor();
const ofComposeAlone = Array.from(compose.matchAll(/\$\{(\w+)/g), ([, name = '']) => name).filter(
  (name) => !settings.has(name),
);
const environment = {
  DATABASE_URL: 'postgresql://here/db',
  JWT_SECRET: 'only for these tests, and long enough',
};

const mistakesOf = (outcome: ConfigOutcome): readonly string[] =>
  outcome.kind === 'mistakes' ? outcome.mistakes : [];

describe('.env.example', () => {
  test('names every setting that the product or docker-compose.yml reads, once, and no other', () => {
    const names = entries.map(({ name }) => name);
    expect(names.toSorted()).toEqual([...new Set([...settings, ...ofComposeAlone])].toSorted());
  });

  test('stands beside a table in docs/settings.md that names every setting of the product as well', async () => {
    const document = await readFile(new URL('../../docs/settings.md', import.meta.url), 'utf8');
    const rows = document.split('\n').filter((line) => line.startsWith('| `'));
    const names = rows.flatMap((row) => row.split('|')[1]?.match(/[A-Z][A-Z_]+/g) ?? []);
    expect(names.toSorted()).toEqual([...settings].filter((name) => !name.endsWith('_FILE')).toSorted());
    const files = [...settings].filter((name) => name.endsWith('_FILE'));
    expect(files.filter((name) => !document.includes(`\`${name}\``))).toEqual([]);
  });

  test('says of each setting what it does', () => {
    for (const { name, words } of entries) expect(words.length, name).toBeGreaterThan(40);
  });

  test('shows the defaults as they are: written out, they change nothing', () => {
    const shown = entries.filter(({ name, value }) => value !== '' && settings.has(name));
    expect(shown.length).toBeGreaterThan(10);
    const written = Object.fromEntries(shown.map(({ name, value }) => [name, value]));
    expect(readConfig({ ...written, ...environment })).toEqual(readConfig(environment));
    expect(readStartSettings(written).dataDir).toBe(readStartSettings({}).dataDir);
    for (const { name, value } of entries.filter((entry) => ofComposeAlone.includes(entry.name)))
      expect(compose).toContain(`\${${name}:-${value}}`);
  });

  test('says the limits of each setting as the product enforces them', () => {
    let limited = 0;
    for (const { name, words } of entries.filter((entry) => settings.has(entry.name))) {
      const [mistake = ''] = mistakesOf(readConfig({ ...environment, [name]: '?' }));
      const [, lowest, highest] = /from (\d+) to (\d+)/.exec(mistake) ?? [];
      if (lowest === undefined) continue;
      limited += 1;
      expect(words, name).toContain(`${lowest} to ${highest}`);
    }
    expect(limited).toBe(18);
  });

  test('sets nothing by itself, and no secret that everybody knows', () => {
    expect(text.split('\n').filter((line) => /^[A-Z]/.test(line))).toEqual(['JWT_SECRET=']);
  });
});

interface ComposeFile {
  readonly services: Readonly<Record<string, { readonly environment?: Readonly<Record<string, string>> }>>;
}

test('the settings of .env reach what checks them, the API and the worker through docker-compose.yml', () => {
  const { services }: ComposeFile = parse(compose, { merge: true });
  // What docker-compose.yml says by itself, and what is a file in secrets/.
  const fixed =
    /^(HOST|PORT|WORKER_PORT|DATA_DIR|DEMO|DATABASE_URL|DATABASE_OWNER_URL|REDIS_URL|JWT_SECRET|\w+_FILE)$/;
  const free = [...settings].filter((name) => !fixed.test(name));
  expect(free.length).toBeGreaterThan(15);
  for (const service of ['settings', 'api', 'worker']) {
    const given = services[service]?.environment ?? {};
    for (const name of free) expect(given[name], `${name} of ${service}`).toBe(`\${${name}:-}`);
    expect(Object.keys(given).filter((name) => !settings.has(name))).toEqual([]);
  }
});
