import { defineConfig } from 'vitest/config';
import { sourceConditions } from './vitest.config.ts';

const { SOAK_SECONDS = '600', FUZZ_RUNS = '1000000' } = process.env;

/** The tests that may run as long as one likes: `npm run soak`, `fuzz`, `siege`. `npm test` has short runs of the first two. */
export default defineConfig({
  ...sourceConditions,
  test: {
    include: ['packages/*/test/**/{soak,fuzz}.test.ts', 'services/*/test/**/*.long.ts'],
    globalSetup: ['packages/testing/src/global-setup.ts'],
    env: { SOAK_SECONDS, FUZZ_RUNS },
    pool: 'forks',
  },
});
