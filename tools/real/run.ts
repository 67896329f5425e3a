/** `npm run test:real`: gets the real servers that the slow suites need, then runs them. */
import { buildConsul, whyNotBuildable } from './consul/build.ts';
import { findConsul } from './consul/places.ts';
import { installElasticsearch, whyNotInstallable as whyNoElasticsearch } from './elasticsearch/install.ts';
import { findElasticsearch } from './elasticsearch/places.ts';
import { keycloak } from './keycloak/install.ts';
import { type Needed, withNews } from './provide.ts';
import { runCore } from './stores/core.ts';
import { runSuites } from './suites.ts';

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

const suites = process.argv.slice(2);
const hasCorePassed = suites.length > 0 || (await runCore());
await runSuites(needed, suites);
if (!hasCorePassed) process.exitCode ||= 1;
