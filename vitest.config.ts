import { defineConfig } from 'vitest/config';
import { runRules } from './tools/kit/run-rules.ts';

/** Where the counts of the run are wanted. */
const resultsFile = process.env['TEST_RESULTS_FILE'];

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tools/kit/global-setup.ts'],
    // Processes, not threads: tests send signals, and a test that crashes must not take others along.
    pool: 'forks',
    maxWorkers: 2,
    retry: 0,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 60_000,
    reporters:
      resultsFile === undefined
        ? ['default', runRules]
        : ['default', runRules, ['json', { outputFile: resultsFile }]],
  },
});
