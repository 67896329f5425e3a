/** `npm run test:real`: gets the real servers that the slow suites need, then runs them. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildConsul, whyNotBuildable } from './consul/build.ts';
import { findConsul } from './consul/places.ts';
import { installElasticsearch, whyNotInstallable as whyNoElasticsearch } from './elasticsearch/install.ts';
import { findElasticsearch } from './elasticsearch/places.ts';
import { keycloak } from './keycloak/install.ts';
import { type Needed, provide, withNews } from './provide.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const needed: Needed[] = [
  {
    name: 'Consul agent',
    find: findConsul,
    whyNot: whyNotBuildable,
    step: 'building a Consul agent, once: some minutes',
    install: () => withNews(buildConsul),
  },
  {
    name: 'Elasticsearch',
    find: findElasticsearch,
    whyNot: whyNoElasticsearch,
    step: 'installing Elasticsearch, once',
    install: installElasticsearch,
  },
  keycloak,
];

let hasFailed = false;
for (const server of needed)
  await provide(server, `the suites that need ${server.name} are skipped`).catch((error: Error) => {
    // The suites of the other servers run all the same.
    console.error(error.message);
    hasFailed = true;
  });
const vitest = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.real.config.ts', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
);
process.exitCode = vitest.status === 0 && !hasFailed ? 0 : vitest.status || 1;
