/** Composes the diagnosis: the probes of the domains before it, those of the trusted proxies and of deprecated settings, and the route that runs them. */
import { deprecationProbe } from '@gatehouse/service-kit/config';
import { createProxyWatch } from '@gatehouse/service-kit/http';
import { type Config, configuration } from '../config.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import { diagnosisRoutes } from './routes.ts';

export function composeDiagnosis({ kit }: Core, { config }: { config: Config }, before: readonly Domain[]) {
  const proxyWatch = createProxyWatch(kit);
  const probes = [
    ...before.flatMap((domain) => domain.probes ?? []),
    proxyWatch.probe,
    deprecationProbe(configuration, config),
  ];
  return {
    services: { proxyWatch, probes },
    mounts: [['callers', '/diagnosis', (api) => diagnosisRoutes(api, { probes, version: kit.version })]],
  } satisfies Domain;
}
