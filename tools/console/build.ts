/**
 * `npm run console:build`: the console (web/) as the files that a browser loads, in web/dist, each also compressed. Does
 * nothing where they were made of these very sources. `npm start` runs it; the image has it done by its build stage.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const ROOT = join(import.meta.dirname, '../..');
const WEB = join(ROOT, 'web');
const DIST = join(WEB, 'dist');
/** Says of which sources the files were made. */
const STAMP = 'sources.sha256';

async function build(sources: string): Promise<void> {
  // Set here, because a test runner sets another: React for developers is twice as large.
  process.env['NODE_ENV'] = 'production';
  // Imported here, because most runs find the files up to date.
  const vite = await import('vite');
  // Whole or not at all: several starts may come at once.
  const draft = join(WEB, `.draft-${process.pid}`);
  try {
    await vite.build({
      root: WEB,
      base: '/admin/',
      configFile: false,
      // Its warnings are about what frameworks write for servers that draw pages.
      logLevel: 'error',
      build: {
        outDir: draft,
        target: 'es2022',
        // As old as light-dark() in /theme.css: it would be taken apart for older ones, and its colours lost.
        cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
        // Its own script would need a policy for trusted types.
        modulePreload: { polyfill: false },
        chunkSizeWarningLimit: 700,
      },
    });
    await compress(join(draft, 'assets'));
    await writeFile(join(draft, STAMP), sources);
    await replace(draft);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Another start may have put the same there meanwhile. */
async function replace(draft: string): Promise<void> {
  const old = join(WEB, `.old-${process.pid}`);
  await mkdir(old, { recursive: true });
  try {
    await rename(DIST, join(old, 'dist')).catch(ifMissing);
    await rename(draft, DIST).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
    });
  } finally {
    await rm(old, { recursive: true, force: true });
  }
}

function ifMissing(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error;
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

async function compress(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const bytes = await readFile(path);
    const [br, gz] = await Promise.all([
      promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }),
      promisify(gzip)(bytes, { level: 9 }),
    ]);
    await writeFile(`${path}.br`, br);
    await writeFile(`${path}.gz`, gz);
  }
}

/** Of everything that the files are made of: sources, packages, and how they are made. */
async function hashOfSources(): Promise<string> {
  const entries = await readdir(join(WEB, 'src'), { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  const others = ['web/index.html', 'web/tsconfig.json', 'package-lock.json'].map((name) => join(ROOT, name));
  const hash = createHash('sha256');
  for (const path of [...paths, ...others, import.meta.filename])
    hash.update(`${relative(ROOT, path)}\n`).update(await readFile(path));
  return hash.digest('hex');
}

const sources = await hashOfSources();
const built = await readFile(join(DIST, STAMP), 'utf8').catch(() => null);
if (built !== sources) {
  process.stdout.write('building the console, about 2 s\n');
  await build(sources);
}
