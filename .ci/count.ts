import { readFile } from 'node:fs/promises';

// The true counts of a run, from the file in which the test runner wrote them: `N passed, N failed`.
interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
}

const results: Results = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'));
const { numPassedTests, numFailedTests } = results;
if (!Number.isInteger(numPassedTests) || numPassedTests + numFailedTests === 0)
  throw new Error('no test was run');
process.stdout.write(`${numPassedTests} passed, ${numFailedTests} failed\n`);
