import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

/** As the runtime resolves packages, without what only bundlers ask for. */
const runtimeConditions = defaultServerConditions.filter((condition) => condition !== 'module');

/** Workspace packages are read from their sources: no build is needed before a test run. */
export const sourceConditions = {
  resolve: { conditions: ['source', ...runtimeConditions] },
  ssr: { resolve: { conditions: ['source', ...runtimeConditions] } },
};

/** It watches the heap and the open handles of its process. */
const ownProcess = ['packages/config-server-simulator/test/soak/soak.test.ts'];

export default defineConfig({
  ...sourceConditions,
  test: {
    pool: 'forks',
    // One more than the cores of the machines that run it: tests wait for servers, timers and browsers.
    maxWorkers: 3,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: '.gatehouse/test-results/test.json' }]],
    projects: [
      {
        extends: true,
        test: {
          name: 'shared processes',
          include: [
            '{packages,services}/*/test/**/*.test.ts',
            'tools/test/**/*.test.ts',
            'charts/test/**/*.test.ts',
          ],
          exclude: ownProcess,
          // A process loads the modules of a service once for all its test files: that is more than half of the CPU time.
          isolate: false,
          globalSetup: ['packages/testing/src/global-setup.ts'],
          setupFiles: ['packages/testing/src/secret-watch-setup.ts'],
        },
      },
      { extends: true, test: { name: 'own process', include: ownProcess } },
    ],
  },
});
