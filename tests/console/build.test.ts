/** The console as it is built: what a browser has to load before the first page can be used, and when it is made anew. */
import { execFile } from 'node:child_process';
import { appendFile, cp, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../structure/source-files.ts';

const run = promisify(execFile);
const DIST = join(ROOT, 'web/dist');
const ASSETS = join(DIST, 'assets');
const FIRST_PAGE_BYTES = 200_000;

const SAID = 'building the console, about 2 s\n';

/** What it printed. */
const build = async (project = ROOT): Promise<string> =>
  (await run(process.execPath, [join(project, 'tools/console/build.ts')])).stdout;

beforeAll(() => build());

/** A script and all that it imports at once, by name. */
async function scriptsOf(...names: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>(names);
  // What is added on the way is visited too.
  for (const name of found) {
    const text = await readFile(join(ASSETS, name), 'utf8');
    for (const [, imported = ''] of text.matchAll(/(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g))
      found.add(imported);
  }
  return found;
}

async function gzippedBytes(names: Iterable<string>): Promise<number> {
  const sizes = await Promise.all(Array.from(names, (name) => stat(join(ASSETS, `${name}.gz`))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}

test.each(['now', 'sessions', 'session', 'patient', 'days', 'actions', 'audit'])(
  'a browser that begins with the page %s loads at most 200 kB of scripts, as they are sent',
  async (page) => {
    const html = await readFile(join(DIST, 'index.html'), 'utf8');
    const named = Array.from(html.matchAll(/\/admin\/assets\/([\w.-]+\.js)/g), ([, name = '']) => name);
    const own = (await readdir(ASSETS)).filter((name) => new RegExp(`^${page}-[\\w-]{8}\\.js$`).test(name));
    expect(named.length).toBeGreaterThan(0);
    expect(own).toHaveLength(1);

    const bytes = await gzippedBytes(await scriptsOf(...named, ...own));
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThanOrEqual(FIRST_PAGE_BYTES);
  },
);

test('each file is there compressed as well, and is the same', async () => {
  const names = (await readdir(ASSETS)).filter((name) => /\.(?:js|css)$/.test(name));
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) {
    const bytes = await readFile(join(ASSETS, name));
    expect(gunzipSync(await readFile(join(ASSETS, `${name}.gz`))).equals(bytes)).toBe(true);
    expect(brotliDecompressSync(await readFile(join(ASSETS, `${name}.br`))).equals(bytes)).toBe(true);
  }
});

test('nothing stands in the page itself that its policy would forbid: no script, no style', async () => {
  const html = await readFile(join(DIST, 'index.html'), 'utf8');
  expect(html).toMatch(/<script type="module"[^>]* src="\/admin\/assets\//);
  expect(html).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/);
});

test('is built where its sources have changed, and says so; else not; and by two starts at once as by one', async () => {
  const project = await mkdtemp(join(tmpdir(), 'session-engine-console-'));
  onTestFinished(() => rm(project, { recursive: true }));
  for (const part of ['tools/console', 'web/src', 'web/index.html', 'web/tsconfig.json', 'tsconfig.json'])
    await cp(join(ROOT, part), join(project, part), { recursive: true });
  await cp(join(ROOT, 'package-lock.json'), join(project, 'package-lock.json'));
  await symlink(join(ROOT, 'node_modules'), join(project, 'node_modules'));
  const buildThere = () => build(project);

  expect(await Promise.all([buildThere(), buildThere()])).toEqual([SAID, SAID]);
  expect(await buildThere()).toBe('');
  await appendFile(join(project, 'web/src/console.css'), '\n.another {\n  color: red;\n}\n');
  expect(await buildThere()).toBe(SAID);
  const assets = join(project, 'web/dist/assets');
  const sheets = (await readdir(assets)).filter((name) => name.endsWith('.css'));
  const styles = await Promise.all(sheets.map((name) => readFile(join(assets, name), 'utf8')));
  expect(styles.join('')).toContain('.another');
  // Nothing of the builds is left beside what they made.
  expect((await readdir(join(project, 'web'))).toSorted()).toEqual([
    'dist',
    'index.html',
    'src',
    'tsconfig.json',
  ]);
});
