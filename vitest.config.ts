import { globSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { runRules } from './tools/kit/run-rules.ts';

/** Where the counts of the run are wanted. */
const resultsFile = process.env['TEST_RESULTS_FILE'];

/** In folders whose other tests need no server. */
const WITH_SERVERS = new Set([
  'tests/client/react.test.ts',
  'tests/http/board/browser.test.ts',
  'tests/http/console/browser.test.ts',
  'tests/http/console/states.test.ts',
  'tests/http/cors-browser.test.ts',
  'tests/http/routes/admin-audit.test.ts',
]);

/** Tests that need no database, no queue and no browser: `npx vitest --project unit`. */
const UNIT = globSync([
  'tests/*.test.ts',
  'tests/{async,billing,client,explanations,http,kit,sessions,simulation,structure,watch}/**/*.test.ts',
  'tests/audit/reference-model/*.test.ts',
  'tests/web/*.test.ts',
]).filter((path) => !WITH_SERVERS.has(path));

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'unit', include: UNIT } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['tests/**/*.test.ts'],
          exclude: UNIT,
          globalSetup: ['tools/kit/global-setup.ts'],
        },
      },
    ],
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
