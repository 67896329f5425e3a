/** Composes the diagnosis from the probes of the domains before it, and of what no domain owns. */
import { elasticsearchProbe } from '@gatehouse/audit-trail/elasticsearch';
import { type ConsulAccess, consulProbe } from '@gatehouse/config-server-client/consul';
import { deprecationProbe } from '@gatehouse/service-kit/config';
import { advisoryCheck, type Probe } from '@gatehouse/service-kit/health';
import { createProxyWatch } from '@gatehouse/service-kit/http';
import { type Config, configuration } from '../../config.ts';
import type { Core, Domain } from '../../core/domain.ts';
import type { Audit } from '../../records/audit/compose.ts';
import { diagnosisRoutes } from './routes.ts';

interface DiagnosisDependencies {
  config: Config;
  consul: ConsulAccess | undefined;
  audit: Audit;
}

/** In this order they begin the answer; the others follow in the order of the domains. */
const firstProbes = ['PostgreSQL', 'Redis', 'Clock', 'signing keys', 'Environment API'];

export function composeDiagnosis(core: Core, dependencies: DiagnosisDependencies, before: readonly Domain[]) {
  const { config, consul, audit } = dependencies;
  const { version } = core.kit;
  const proxyWatch = createProxyWatch(core.kit);
  const ofElasticsearch = elasticsearchProbe(config.elasticsearch);
  const ofConsul = consulProbe(consul);
  const all: Probe[] = [
    ...before.flatMap(({ probes }) => probes ?? []),
    ...[ofElasticsearch, audit.forwardProbe, ofConsul, proxyWatch.probe],
    deprecationProbe(configuration, config),
  ];
  const probes = [
    ...firstProbes.flatMap((first) => all.filter(({ name }) => name === first)),
    ...all.filter(({ name }) => !firstProbes.includes(name)),
  ];
  return {
    services: { proxyWatch, probes },
    mounts: [['operators', '', (app) => diagnosisRoutes(app, { probes, version })]],
    // Without them the service goes on.
    ready: [
      ...(config.elasticsearch.nodes.length > 0 ? [advisoryCheck('elasticsearch', ofElasticsearch)] : []),
      ...(consul ? [advisoryCheck('consul', ofConsul)] : []),
    ],
  } satisfies Domain;
}
