/** Composes the diagnosis from the probes of the domains before it, and of what no domain owns. */
import { elasticsearchProbe } from '@gatehouse/audit-trail/elasticsearch';
import { type ConsulAccess, consulProbe } from '@gatehouse/config-server-client/consul';
import { configuredPlaces, deprecationProbe } from '@gatehouse/service-kit/config';
import {
  advisoryCheck,
  certificatesProbe,
  createHeartbeat,
  namesProbe,
  type Probe,
} from '@gatehouse/service-kit/health';
import { createProxyWatch } from '@gatehouse/service-kit/http';
import { createReplicas } from '@gatehouse/service-kit/redis';
import { type Config, configuration } from '../../config.ts';
import type { Core, Domain } from '../../core/domain.ts';
import type { Audit } from '../../records/audit/compose.ts';
import { replicaRoutes } from './replica-routes.ts';
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
  const { version, log } = core.kit;
  const places = configuredPlaces(config, [config.environmentApi.url, config.environmentApi.internalUrl]);
  const replicas = createReplicas(core.redis, core.keyspace.name('replicas'));
  const { announce } = replicas;
  const heartbeat = createHeartbeat({ service: 'auth-api', version, log, announce });
  const proxyWatch = createProxyWatch(core.kit);
  const ofElasticsearch = elasticsearchProbe(config.elasticsearch);
  const ofConsul = consulProbe(consul);
  const all: Probe[] = [
    ...before.flatMap(({ probes }) => probes ?? []),
    ...[ofElasticsearch, audit.forwardProbe, ofConsul, proxyWatch.probe],
    ...[namesProbe(places), certificatesProbe(places, core.now), replicas.probe],
    deprecationProbe(configuration, config),
  ];
  const probes = [
    ...firstProbes.flatMap((first) => all.filter(({ name }) => name === first)),
    ...all.filter(({ name }) => !firstProbes.includes(name)),
  ];
  return {
    services: { proxyWatch, probes },
    mounts: [
      ['operators', '', (app) => diagnosisRoutes(app, { probes, version })],
      ['services', '', (app) => replicaRoutes(app, replicas)],
    ],
    work: heartbeat.start,
    close: heartbeat.stop,
    // Without them the service goes on.
    ready: [
      ...(config.elasticsearch.nodes.length > 0 ? [advisoryCheck('elasticsearch', ofElasticsearch)] : []),
      ...(consul ? [advisoryCheck('consul', ofConsul)] : []),
    ],
  } satisfies Domain;
}
