import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { FAILURE_ANSWERS, REFUSAL_ANSWERS } from '../../src/http/errors.ts';
import { prepareDatabase } from '../../src/ops/prepare-database.ts';
import { createDatabase } from '../../tools/kit/database.ts';
import { startProgram, untilReady } from '../../tools/kit/product-program.ts';
import { withServer } from '../../tools/kit/server.ts';
import { SECRET } from '../../tools/kit/tokens.ts';

const PROJECT = join(import.meta.dirname, '../..');
const DOCS = join(PROJECT, 'docs');

const read = (name: string): Promise<string> => readFile(join(DOCS, name), 'utf8');

interface Link {
  readonly document: string;
  readonly words: string;
  readonly target: string;
}

/** The links of our documents to files of the project. */
async function findLinks(): Promise<readonly Link[]> {
  const names = await readdir(DOCS, { recursive: true });
  const links = names
    .filter((name) => name.endsWith('.md'))
    .map(async (document) =>
      Array.from(
        (await read(document)).matchAll(/\[([^\]]+)\]\(([^)#:]+)\)/g),
        ([, words = '', target = '']) => ({
          document,
          words,
          target: join('docs', dirname(document), target),
        }),
      ),
    );
  return (await Promise.all(links)).flat();
}

describe('the documents', () => {
  let links: readonly Link[];
  beforeAll(async () => {
    links = await findLinks();
  });

  test('link to nothing that is not there', async () => {
    const missing = await Promise.all(
      links.map(({ document, target }) =>
        stat(join(PROJECT, target)).then(
          () => [],
          () => [`${document}: ${target}`],
        ),
      ),
    );
    expect(links.length).toBeGreaterThan(100);
    expect(missing.flat()).toEqual([]);
  });

  test('name tests as they are called, in the files that they are in', async () => {
    const claims = links.filter(
      ({ document, target }) => document === 'failure-modes.md' && target.endsWith('.test.ts'),
    );
    expect(claims.length).toBeGreaterThan(70);
    const wrong = await Promise.all(
      claims.map(async ({ words, target }) =>
        (await readFile(join(PROJECT, target), 'utf8').catch(() => '')).includes(words)
          ? []
          : [`${target}: ${words}`],
      ),
    );
    expect(wrong.flat()).toEqual([]);
  });

  test('tell an app of every code that an answer can have, with its status', async () => {
    const [, section = ''] = /\n## When a call fails\n(.*?)\n## /s.exec(await read('integrating.md')) ?? [];
    const told = Array.from(
      section.matchAll(/`(\w+)` \((\d{3})\)/g),
      ([, code, status]) => `${code} ${status}`,
    );
    const answers = Object.entries({ ...REFUSAL_ANSWERS, ...FAILURE_ANSWERS });
    expect(told.toSorted()).toEqual(answers.map(([code, { status }]) => `${code} ${status}`).toSorted());
  });

  test('say of each dependency why it is here, and of none that is not', async () => {
    const project: { dependencies: object; devDependencies: object } = JSON.parse(
      await readFile(join(PROJECT, 'package.json'), 'utf8'),
    );
    const items = (await read('dependencies.md')).matchAll(/^- \*\*(.+?)(?: \(dev\))?\*\*: /gms);
    const reasons = Array.from(items, ([, names = '']) => names.split(',')).flat();
    const names = Object.keys({ ...project.dependencies, ...project.devDependencies });
    // The types of a package need no reason of their own.
    const reasoned = names.filter((name) => !name.startsWith('@types/'));
    expect(reasons.map((name) => name.trim()).toSorted()).toEqual(reasoned.toSorted());
  });

  test('tell an operator of every metric of ours, by the processes that export it, and of none that is not there', async () => {
    const [, section = ''] = /\n## What to watch\n(.*?)\n## /s.exec(await read('operating.md')) ?? [];
    const items = Array.from(
      section.matchAll(/^- `([a-z_]+)(?:\{[^`]*)?`(?: \((API|worker)\))?/gm),
      ([, name = '', of = 'both']) => ({ name, of }),
    );
    const told = (process: string) =>
      items.flatMap(({ name, of }) => (of === 'both' || of === process ? [name] : [])).toSorted();
    const database = await createDatabase();
    await prepareDatabase(database.url, null);
    const settings = { DATABASE_URL: database.url, JWT_SECRET: SECRET };
    const exported = async (script: string): Promise<readonly string[]> => {
      const program = await startProgram(script, settings);
      await untilReady(program);
      const text = await (await fetch(`http://127.0.0.1:${program.port}/metrics`)).text();
      await program.stop();
      const names = Array.from(text.matchAll(/^# TYPE (\w+)/gm), ([, name = '']) => name);
      return names.filter((name) => !/^(process|nodejs)_/.test(name)).toSorted();
    };
    expect(told('API')).toEqual(await exported('src/server.ts'));
    expect(told('worker')).toEqual(await exported('workers/worker.ts'));
    await database.drop();
  });

  test('give an operator questions that the database understands, and that find nothing wrong in an empty one', async () => {
    const questions = Array.from(
      (await read('operating.md')).matchAll(/^```sql\n(.*?)^```$/gms),
      ([, sql = '']) => sql,
    );
    expect(questions.length).toBeGreaterThan(0);
    const database = await createDatabase();
    await withServer(database.url, async (client) => {
      for (const sql of questions) expect((await client.query(sql)).rows, sql).toEqual([]);
    });
    await database.drop();
  });
});
