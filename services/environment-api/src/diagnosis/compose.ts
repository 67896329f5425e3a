/** Composes the diagnosis: the probes of the domains before it, that of the trusted proxies, and the route that runs them. */
import { createProxyWatch } from '@gatehouse/service-kit/http';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import { diagnosisRoutes } from './routes.ts';

export function composeDiagnosis({ kit }: Core, _dependencies: unknown, before: readonly Domain[]) {
  const proxyWatch = createProxyWatch(kit);
  const probes = [...before.flatMap((domain) => domain.probes ?? []), proxyWatch.probe];
  return {
    services: { proxyWatch, probes },
    mounts: [['callers', '/diagnosis', (api) => diagnosisRoutes(api, { probes, version: kit.version })]],
  } satisfies Domain;
}
