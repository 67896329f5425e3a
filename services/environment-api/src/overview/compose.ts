/** Composes the overview of this service: numbers, what ends soon, and what the diagnosis finds. */
import type { Probe } from '@gatehouse/service-kit/health';
import type { Audit } from '../audit/compose.ts';
import type { ConfigurationService } from '../configuration/service.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import { overviewRoutes, problemRoutes } from './routes.ts';
import { createOverviewService } from './service.ts';

interface OverviewDependencies {
  audit: Audit;
  configuration: Pick<ConfigurationService, 'owners'>;
  diagnosis: { probes: readonly Probe[] };
}

export function composeOverview(
  { pool, now }: Core,
  { audit, configuration, diagnosis }: OverviewDependencies,
) {
  const { probes } = diagnosis;
  const overview = createOverviewService({ pool, audit, configuration, probes, now });
  return {
    mounts: [
      ['callers', '/overview', (api) => overviewRoutes(api, { overview })],
      ['services', '/problems', (internal) => problemRoutes(internal, { overview })],
    ],
  } satisfies Domain;
}
