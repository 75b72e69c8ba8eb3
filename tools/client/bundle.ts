/** Makes the client's files out of its sources: one for the core, one for React. */
import { join } from 'node:path';
import { build } from 'rolldown';

export const CLIENT = join(import.meta.dirname, '../../src/client');

export interface ClientFiles {
  readonly 'client.js': string;
  readonly 'react.js': string;
}

/** The same sources give the same bytes, on every machine. */
export async function bundleClient(): Promise<ClientFiles> {
  return { 'client.js': await bundle('create-client.ts'), 'react.js': await bundle('react.ts') };
}

async function bundle(entry: string): Promise<string> {
  const { output } = await build({
    input: join(CLIENT, entry),
    external: ['react'],
    // The compiler's settings are no part of what is shipped, and the image is built without them.
    tsconfig: false,
    transform: { target: 'es2020' },
    output: { format: 'esm', minify: true, comments: false },
    write: false,
  });
  const [{ code }, ...others] = output;
  if (others.length > 0) throw new Error(`${entry} became more than one file`);
  return code;
}
