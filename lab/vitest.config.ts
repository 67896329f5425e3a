import { defineConfig } from 'vitest/config';
import { sourceConditions } from '../vitest.config.ts';

/** The tests of the laboratory's own parts, beside them: `npm run test:lab`. They start no installation. */
export default defineConfig({
  ...sourceConditions,
  test: {
    include: ['lab/**/test/*.test.ts'],
    pool: 'forks',
    reporters: ['default', ['json', { outputFile: '.gatehouse/test-results/lab.json' }]],
  },
});
