import { defineConfig } from 'vitest/config';
import { sourceConditions } from './vitest.config.ts';

/** The documentation as a site, in Chromium: `npm run docs`, which has built it before. */
export default defineConfig({
  ...sourceConditions,
  test: {
    include: ['tools/docs/test/*.site.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: '.gatehouse/test-results/docs.json' }]],
  },
});
