import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { type ConfigOutcome, readConfig } from '../../src/config.ts';
import { readStartSettings } from '../../src/standalone/run-product.ts';
import { composeText, readComposeFile, SECRETS } from './compose-file.ts';
import { variablesIn } from './interpolate.ts';

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

const settings = namesAskedFor();
const ofComposeAlone = variablesIn(composeText).filter((name) => !settings.has(name));
const environment = { DATABASE_URL: 'postgresql://here/db', JWT_SECRET: SECRETS.JWT_SECRET };

const mistakesOf = (outcome: ConfigOutcome): readonly string[] =>
  outcome.kind === 'mistakes' ? outcome.mistakes : [];

describe('.env.example', () => {
  test('names every setting that the product or docker-compose.yml reads, once, and no other', () => {
    const names = entries.map(({ name }) => name);
    expect(names.toSorted()).toEqual([...new Set([...settings, ...ofComposeAlone])].toSorted());
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
    const compose = entries.filter(({ name, value }) => value !== '' && ofComposeAlone.includes(name));
    expect(
      readComposeFile({ ...SECRETS, ...Object.fromEntries(compose.map(({ name, value }) => [name, value])) }),
    ).toEqual(readComposeFile());
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
    expect(limited).toBe(15);
  });

  test('leaves the secrets empty, so that nothing starts with a secret that everybody knows', () => {
    const open = text.split('\n').filter((line) => /^[A-Z]/.test(line));
    expect(open).toEqual(['POSTGRES_PASSWORD=', 'REDIS_PASSWORD=', 'JWT_SECRET=']);
    expect(() => readComposeFile({})).toThrow('.env');
  });
});

describe('the settings in docker-compose.yml', () => {
  test('are all known to the product', () => {
    const { migrate, api, worker } = readComposeFile().services;
    const given = [migrate, api, worker].flatMap((service) => Object.keys(service.environment));
    expect(given.filter((name) => !settings.has(name))).toEqual([]);
  });

  test('reach the API and the worker as .env says them, each that one of them uses', () => {
    const fixed = new Set(['DATABASE_URL', 'REDIS_URL', 'HOST', 'PORT', 'WORKER_PORT', 'DATA_DIR', 'DEMO']);
    // A file is mounted by docker-compose.yml itself.
    const free = [...settings].filter((name) => !fixed.has(name) && !name.endsWith('_FILE'));
    const { api, worker } = readComposeFile({
      ...Object.fromEntries(free.map((name) => [name, `the value of ${name}`])),
      POSTGRES_PASSWORD: 'a',
      REDIS_PASSWORD: 'b',
    }).services;
    const ofOneAlone = new Set([
      'RATE_LIMIT_PER_MINUTE',
      'TRUST_PROXY',
      'WORKER_CONCURRENCY',
      'AUDIT_AT_HOUR',
    ]);
    for (const name of free) {
      const values = [api.environment[name], worker.environment[name]];
      const wanted = `the value of ${name}`;
      expect(values, name).toContain(wanted);
      if (!ofOneAlone.has(name)) expect(values, name).toEqual([wanted, wanted]);
    }
  });

  test('are good as they come: the API and the worker accept them', () => {
    const { api, worker } = readComposeFile().services;
    expect(mistakesOf(readConfig(api.environment))).toEqual([]);
    expect(mistakesOf(readConfig(worker.environment))).toEqual([]);
  });
});
