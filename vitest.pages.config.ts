import { defineConfig } from 'vitest/config';
import { sourceConditions } from './vitest.config.ts';

/** The tables of pages, each page looked at in Chromium by every means: `npm run test:pages`. `npm test` has a short look at each. */
export default defineConfig({
  ...sourceConditions,
  test: {
    include: ['{services,examples}/*/test/**/*.pages.ts'],
    globalSetup: ['packages/testing/src/global-setup.ts'],
    setupFiles: ['packages/testing/src/secret-watch-setup.ts'],
    pool: 'forks',
    // The files of a process share its modules and its browser.
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: '.gatehouse/test-results/pages.json' }]],
  },
});
