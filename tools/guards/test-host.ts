/**
 * Runs tests in its working folder, a copy of the sources, for the process that started it. One vitest serves all runs: PostgreSQL starts once,
 * and only what changed is transformed again. Each run has a new process for its tests.
 */
import { join } from 'node:path';
import { createVitest } from 'vitest/node';

export interface TestRun {
  /** Files that are not as they were, from the root. */
  changed: string[];
  tests: { path: string; pattern: string }[];
  /** Ends with the first test that fails. */
  isShort: boolean;
}

export interface TestStatus {
  path: string;
  title: string;
  status: string;
}

const root = process.cwd();
const vitest = await createVitest({ root, watch: false, reporters: [] });
await vitest.standalone();

process.on('message', async (run: TestRun) => {
  const statuses = await runTests(run);
  if (process.connected) process.send?.(statuses);
});
process.on('disconnect', async () => {
  await vitest.close();
  process.exit();
});
process.send?.([]);

async function runTests({ changed, tests, isShort }: TestRun): Promise<TestStatus[]> {
  // A file that cannot be loaded must not show what it did in the last run.
  vitest.state.filesMap.clear();
  vitest.state.idMap.clear();
  for (const { config } of vitest.projects) config.bail = isShort ? 1 : 0;
  const chosen = tests.flatMap(({ path, pattern }) =>
    vitest.getModuleSpecifications(join(root, path)).map(({ project, moduleId }) => {
      const options = { testNamePattern: new RegExp(pattern) };
      return { path, specification: project.createSpecification(moduleId, options) };
    }),
  );
  forget(changed);
  await vitest.runTestSpecifications(chosen.map(({ specification }) => specification));
  forget(changed);
  return chosen.flatMap(({ path, specification }) =>
    [...(specification.testModule?.children.allTests() ?? [])].map((test) => ({
      path,
      title: test.name,
      status: test.result().state,
    })),
  );
}

function forget(files: readonly string[]): void {
  for (const file of files) vitest.invalidateFile(join(root, file));
}
