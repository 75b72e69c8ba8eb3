/** `npm run client:pack`: the client as a package that any app can install, a .tgz in the directory of now. */
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleClient, CLIENT } from './bundle.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');

/** Gives the path of the .tgz. */
async function packClient(into: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'session-engine-client-'));
  try {
    const files = await bundleClient();
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
    for (const name of ['package.json', 'README.md'])
      await copyFile(join(CLIENT, name), join(directory, name));
    await run(join(ROOT, 'node_modules/.bin/tsc'), [
      '--project',
      CLIENT,
      '--noEmit',
      'false',
      '--emitDeclarationOnly',
      '--declaration',
      '--rootDir',
      CLIENT,
      '--outDir',
      join(directory, 'types'),
    ]);
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', into], { cwd: directory });
    const [packed]: readonly { readonly filename: string }[] = JSON.parse(stdout);
    if (packed === undefined) throw new Error('npm packed nothing');
    return join(into, packed.filename);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

process.stdout.write(`${await packClient(process.cwd())}\n`);
