import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

/** As the runtime resolves packages, without what only bundlers ask for. */
const runtimeConditions = defaultServerConditions.filter((condition) => condition !== 'module');

/** Workspace packages are read from their sources: no build is needed before a test run. */
export const sourceConditions = {
  resolve: { conditions: ['source', ...runtimeConditions] },
  ssr: { resolve: { conditions: ['source', ...runtimeConditions] } },
};

export default defineConfig({
  ...sourceConditions,
  test: {
    include: [
      '{packages,services}/*/test/**/*.test.ts',
      'tools/test/**/*.test.ts',
      'charts/test/**/*.test.ts',
    ],
    globalSetup: ['packages/testing/src/global-setup.ts'],
    setupFiles: ['packages/testing/src/secret-watch-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: '.gatehouse/test-results/test.json' }]],
  },
});
