import { defineConfig } from 'vitest/config';
import { findConsul } from './tools/real/consul/places.ts';
import { javaHome, whyNotInstallable } from './tools/real/elasticsearch/install.ts';
import { findElasticsearch } from './tools/real/elasticsearch/places.ts';
import { findJava, findKeycloak } from './tools/real/keycloak/places.ts';
import { findTraefik } from './tools/real/traefik/build.ts';
import { sourceConditions } from './vitest.config.ts';

function elasticsearch(): Record<string, string> {
  const home = whyNotInstallable() === undefined ? findElasticsearch() : undefined;
  return {
    GATEHOUSE_ELASTICSEARCH_HOME: home ?? '',
    GATEHOUSE_ELASTICSEARCH_JAVA: home === undefined ? '' : javaHome(),
  };
}

function keycloak(): Record<string, string> {
  const java = findJava();
  return {
    GATEHOUSE_KEYCLOAK_HOME: (java && findKeycloak()) ?? '',
    GATEHOUSE_KEYCLOAK_JAVA: java ?? '',
  };
}

/** The suites that need slow real servers; `npm run test:real` gets the servers first. */
export default defineConfig({
  ...sourceConditions,
  test: {
    include: ['{packages,services,examples}/*/test/**/*.real.ts', 'tools/{test,*/test}/**/*.real.ts'],
    globalSetup: ['packages/testing/src/global-setup.ts'],
    setupFiles: ['packages/testing/src/secret-watch-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // An empty value has the suites of that server skipped.
    env: {
      GATEHOUSE_CONSUL_AGENT: findConsul() ?? '',
      GATEHOUSE_TRAEFIK: findTraefik() ?? '',
      ...elasticsearch(),
      ...keycloak(),
    },
    reporters: ['default', ['json', { outputFile: '.gatehouse/test-results/real.json' }]],
  },
});
