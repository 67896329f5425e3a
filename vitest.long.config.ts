import { defineConfig } from 'vitest/config';
import { sourceConditions } from './vitest.config.ts';

const { SOAK_SECONDS = '600', FUZZ_RUNS = '1000000' } = process.env;

/** The tests that may run as long as one likes: `npm run soak`, `npm run fuzz`. `npm test` has short runs of both. */
export default defineConfig({
  ...sourceConditions,
  test: {
    include: ['packages/*/test/**/{soak,fuzz}.test.ts'],
    env: { SOAK_SECONDS, FUZZ_RUNS },
    pool: 'forks',
  },
});
