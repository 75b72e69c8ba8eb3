/**
 * The client (src/client) as the one file that every API serves, so that client and server fit. The image has it built
 * in; a checkout has no build, so there it is made when it is first asked for. In a process of its own: the bundler is a
 * development tool, and would stay in the memory of the API.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { etagOf, type PageFile } from './send-file.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../../..');
const BUILT = join(ROOT, 'src/client/dist/client.js');
const BUILDER = join(ROOT, 'tools/client/build.ts');

/** Gives the file, read or made once. @throws Error where it is neither built in nor can be made; the next call tries again */
export function openClientFile(built = BUILT, builder = BUILDER): () => Promise<PageFile> {
  let file: Promise<PageFile> | null = null;
  return () => {
    file ??= clientFile(built, builder).catch((error: unknown) => {
      file = null;
      throw error;
    });
    return file;
  };
}

async function clientFile(built: string, builder: string): Promise<PageFile> {
  const bytes = await readFile(built).catch(() => make(builder));
  return { bytes, etag: etagOf(bytes) };
}

async function make(builder: string): Promise<Buffer> {
  try {
    const { stdout } = await run(process.execPath, [builder], { encoding: 'buffer' });
    return stdout;
  } catch (cause) {
    throw new Error('There is no client.js: install the development packages, or build the image', { cause });
  }
}
