/**
 * `npm run simulate:mutants`: every mutant of the list has to be found, each in a process of its own, two at a time.
 * A word behind it takes those alone whose names have that word: `npm run simulate:mutants -- R9`.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { MUTANTS } from './list.ts';
import { NOT_FOUND } from './mutant.ts';

interface Hunted {
  /** How many seeds it took; null where none of them found it. */
  readonly seeds: number | null;
  readonly found: string;
}

const SEEDS = 10_000;
const AT_ONCE = 2;
/** A seed that takes longer never ends: the mutant made something of the engine run round in a circle. */
const HANGS_AFTER_MS = 20_000;

/** Hunts in a process of its own. One that could not be planted, or broke the simulation itself, is no find. */
function hunted(index: number): Promise<Hunted> {
  const program = join(import.meta.dirname, 'hunt.ts');
  const child = spawn(process.execPath, [program, String(index), String(SEEDS)], { stdio: 'pipe' });
  let said = '';
  let complaint = '';
  return new Promise((resolve) => {
    const hangs = (): void => {
      child.kill('SIGKILL');
      const seeds = Number(said.trimEnd().split('\n').at(-1));
      resolve({ seeds, found: `hang: the engine did not come back within ${HANGS_AFTER_MS / 1000} s` });
    };
    let timer = setTimeout(hangs, HANGS_AFTER_MS);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      clearTimeout(timer);
      timer = setTimeout(hangs, HANGS_AFTER_MS);
      said += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve(code === 0 ? parseHunted(said) : { seeds: null, found: complaint.replaceAll(/\s+/g, ' ') });
    });
  });
}

/** The number of each seed as it began, and then what came of the last. */
function parseHunted(said: string): Hunted {
  const lines = said.trimEnd().split('\n');
  const found = lines.at(-1) ?? '';
  return found === NOT_FOUND ? { seeds: null, found: '' } : { seeds: Number(lines.at(-2)), found };
}

async function huntOn(indexes: number[], survivors: string[]): Promise<void> {
  for (let index = indexes.shift(); index !== undefined; index = indexes.shift()) {
    const name = MUTANTS[index]?.name ?? '';
    const begunAt = performance.now();
    const { seeds, found } = await hunted(index);
    const seconds = ((performance.now() - begunAt) / 1000).toFixed(1);
    if (seeds === null) survivors.push(name);
    const verdict =
      seeds === null ? (found === '' ? `SURVIVED ${SEEDS} seeds` : 'BROKEN') : `found by seed ${seeds}`;
    console.log(`${verdict.padEnd(22)} ${seconds.padStart(5)} s  ${name}`);
    if (found !== '') console.log(`${' '.repeat(31)}${found.slice(0, 400)}`);
  }
}

async function huntAll(word: string): Promise<void> {
  const indexes = MUTANTS.flatMap(({ name }, index) => (name.includes(word) ? [index] : []));
  const { length } = indexes;
  if (length === 0) {
    console.error(`no mutant's name has "${word}" in it; the lists are in simulation/mutants`);
    process.exitCode = 2;
    return;
  }
  const survivors: string[] = [];
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, () => huntOn(indexes, survivors)));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  console.log(`\n${length - survivors.length} of ${length} mutants were found, in ${seconds} s.`);
  if (survivors.length === 0) {
    console.log('Next: npm run simulate -- --seeds 10000 shows that nothing is found where no fault is.');
    return;
  }
  console.log(
    `Not found: ${survivors.join('; ')}.\nNext: give the plans (simulation/plan) a reason to meet them.`,
  );
  process.exitCode = 1;
}

await huntAll(process.argv[2] ?? '');
