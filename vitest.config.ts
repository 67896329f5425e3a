import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** As the runtime resolves packages, without what only bundlers ask for. */
const runtimeConditions = defaultServerConditions.filter((condition) => condition !== 'module');

/** Workspace packages are read from their sources: no build is needed before a test run. */
export const sourceConditions = {
  resolve: { conditions: ['source', ...runtimeConditions] },
  ssr: { resolve: { conditions: ['source', ...runtimeConditions] } },
};

/** They count the sockets, timers and heap of their process, and their harness looks for secrets once for each file. */
const ownProcess = [
  'packages/config-server-{simulator,conformance}/test/**/*.test.ts',
  'packages/cli/test/config-server/*.test.ts',
];

/**
 * The files with a process of their own come first: between others they would end the processes that are shared.
 * Then come the files that start whole stacks or a browser: they take longest, and at the end the other processes would wait for them.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    const place = ({ moduleId, project }: TestSpecification) => {
      if (project.name === 'own process') return 0;
      return /\/tools\/|\/test\/(?:browser|console|outages)\//.test(moduleId) ? 1 : 2;
    };
    return (await super.sort(files)).sort((one, other) => place(one) - place(other));
  }
}

const report = process.env['GATEHOUSE_TEST_POSTGRES'] ? 'stores' : 'test';

export default defineConfig({
  ...sourceConditions,
  test: {
    pool: 'forks',
    // Twice the cores of the machines that run it: tests wait for servers, timers and browsers, and three left a sixth of the cores idle.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    testTimeout: 20_000,
    hookTimeout: 60_000,
    setupFiles: ['packages/testing/src/secret-watch-setup.ts'],
    // The core of the store suites in `test:real` has a report of its own, which must not replace that of `npm test`.
    reporters: ['default', ['json', { outputFile: `.gatehouse/test-results/${report}.json` }]],
    projects: [
      {
        extends: true,
        test: {
          name: 'shared processes',
          include: [
            '{packages,services}/*/test/**/*.test.ts',
            'tools/{test,*/test}/**/*.test.ts',
            'examples/*/test/**/*.test.ts',
            'charts/test/**/*.test.ts',
          ],
          exclude: ownProcess,
          // A process loads the modules of a service once for all its test files: that is more than half of the CPU time.
          // Helpers therefore register hooks in functions that a test file calls, never when they are loaded.
          isolate: false,
          globalSetup: ['packages/testing/src/global-setup.ts'],
        },
      },
      { extends: true, test: { name: 'own process', include: ownProcess } },
    ],
  },
});
