/** Composes the diagnosis: the probes of the domains before it, those of the trusted proxies and of deprecated settings, and the route that runs them. */
import { configuredPlaces, deprecationProbe } from '@gatehouse/service-kit/config';
import { certificatesProbe, createHeartbeat, namesProbe } from '@gatehouse/service-kit/health';
import { createProxyWatch } from '@gatehouse/service-kit/http';
import { createReplicas } from '@gatehouse/service-kit/redis';
import { type Config, configuration } from '../config.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import { diagnosisRoutes } from './routes.ts';

export function composeDiagnosis(
  { kit, redis, keyspace, now }: Core,
  { config }: { config: Config },
  before: readonly Domain[],
) {
  const { version, log } = kit;
  const places = configuredPlaces(config, [config.authApi.url, config.authApi.internalUrl]);
  // Auth API compares them: both services have one Redis.
  const { announce } = createReplicas(redis, keyspace.name('replicas'));
  const heartbeat = createHeartbeat({ service: 'environment-api', version, log, announce });
  const proxyWatch = createProxyWatch(kit);
  const probes = [
    ...before.flatMap((domain) => domain.probes ?? []),
    ...[proxyWatch.probe, namesProbe(places), certificatesProbe(places, now)],
    deprecationProbe(configuration, config),
  ];
  return {
    services: { proxyWatch, probes },
    work: heartbeat.start,
    close: heartbeat.stop,
    mounts: [['callers', '/diagnosis', (api) => diagnosisRoutes(api, { probes, version })]],
  } satisfies Domain;
}
