import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endOrphan } from '../standalone/end-orphan.ts';
import { type Program, runScript } from '../standalone/program.ts';
import { makeTemporaryDirectory } from '../standalone/temporary-directory.ts';

const run = promisify(execFile);

let directory: string;
let product: Program | undefined;

beforeAll(async () => {
  directory = await makeTemporaryDirectory();
  product = runScript('../../src/start.ts', [], { DATA_DIR: join(directory, 'data'), PORT: '0' });
  await product.untilPrinted('/session-status');
}, 120_000);

afterAll(async () => {
  product?.kill('SIGTERM');
  await product?.exitCode;
  await endOrphan(join(directory, 'data', 'postgres'));
  await rm(directory, { recursive: true, force: true });
});

interface Paragraph {
  readonly commands: string;
  /** What its answer holds, as the block below it says. */
  readonly promised: readonly string[];
}

/** The blocks of shell in the example, in their order. */
async function readExample(): Promise<readonly Paragraph[]> {
  const text = await readFile(new URL('../../docs/integrating.md', import.meta.url), 'utf8');
  const example = text.slice(text.indexOf('\n## An example'));
  const blocks = example.matchAll(/^```sh\n(.*?)^```\n(?:\n^```text\n(.*?)^```$)?/gms);
  return Array.from(blocks, ([, commands = '', promised = '']) => ({
    commands,
    promised: promised.split('\n').filter((line) => line !== ''),
  }));
}

/** What a person puts in: the address and the tokens that `npm start` printed. */
function filledIn(commands: string, printed: string): string {
  const [, address = ''] = /^ +API +(\S+)$/m.exec(printed) ?? [];
  return commands
    .replace('http://127.0.0.1:3000/api', address)
    .replaceAll(/<the token of (\w+ \d+)>/g, (_placeholder, who: string) => {
      const [, token = ''] = new RegExp(`^${who} +(\\S+)$`, 'm').exec(printed) ?? [];
      return token;
    });
}

const BETWEEN = '--- the next block ---';

test('the example in docs/integrating.md does what it says when it is pasted beside npm start', async () => {
  const example = await readExample();
  const script = example.map(({ commands }) => commands).join(`echo '${BETWEEN}'\n`);
  const { stdout } = await run('/bin/sh', ['-euc', filledIn(script, product?.output() ?? '')]);
  const answers = stdout.split(`${BETWEEN}\n`);
  expect(answers).toHaveLength(example.length);
  expect(example.flatMap(({ promised }) => promised).length).toBeGreaterThan(25);
  for (const [index, { commands, promised }] of example.entries())
    for (const words of promised) expect(answers[index], commands).toContain(words);
});
