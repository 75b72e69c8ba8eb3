/**
 * The client as one file, to standard output; with a directory, into it. The image has it made by its build stage, and
 * an API that runs from a checkout makes its own (src/http/pages/client-file.ts).
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleClient } from './bundle.ts';

const [directory] = process.argv.slice(2);
const files = await bundleClient();
if (directory === undefined) process.stdout.write(files['client.js']);
else {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'client.js'), files['client.js']);
}
