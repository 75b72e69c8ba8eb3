import type { Reporter, TestModule } from 'vitest/node';

/** Tests that are run by name leave the others out on purpose. */
let someAreWanted = false;

/**
 * Two rules that no single test can check. A test's full name is a claim about the product: said twice in
 * one run, nobody can tell which one failed. And with CI=true nothing is left out.
 */
export const runRules: Reporter = {
  onInit(vitest) {
    someAreWanted = vitest.config.testNamePattern !== undefined;
  },
  onTestRunEnd(modules) {
    const complaints = [
      ...findDuplicates(modules),
      ...(process.env['CI'] === 'true' && !someAreWanted ? findLeftOut(modules) : []),
    ];
    for (const complaint of complaints) process.stderr.write(`\nRUN FAILED: ${complaint}\n`);

    if (complaints.length > 0) process.exitCode = 1;
  },
};

function findDuplicates(modules: readonly TestModule[]): string[] {
  const seen = new Map<string, string>();
  const complaints: string[] = [];
  for (const module of modules)
    for (const test of module.children.allTests()) {
      const first = seen.get(test.fullName);
      if (first === undefined) seen.set(test.fullName, module.moduleId);
      else complaints.push(`two tests are called "${test.fullName}": ${first} and ${module.moduleId}`);
    }

  return complaints;
}

function findLeftOut(modules: readonly TestModule[]): string[] {
  const complaints: string[] = [];
  for (const module of modules)
    for (const test of module.children.allTests('skipped'))
      complaints.push(`"${test.fullName}" was left out, and CI=true: ${module.moduleId}`);

  return complaints;
}
