/** Composes the overview of this service: numbers, what ends soon, and what the diagnosis finds. */
import { createProblemWatch, type Probe } from '@gatehouse/service-kit/health';
import type { Audit } from '../audit/compose.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import { createEnvironmentCertificates } from './environment-certificates.ts';
import { overviewRoutes } from './routes.ts';
import { createOverviewService } from './service.ts';

const runbooks = {
  Clock: 'a-clock-is-wrong',
  Elasticsearch: 'audit-events-wait',
  'LDAP directories': 'no-connection-to-a-configuration-server',
  'Trusted proxies': 'a-proxy-is-not-trusted',
} as const;
const dispensable = ['Redis', 'Elasticsearch', 'Consul'];

interface OverviewDependencies {
  audit: Audit;
  diagnosis: { probes: readonly Probe[] };
}

export function composeOverview({ pool, now }: Core, { audit, diagnosis }: OverviewDependencies) {
  const overview = createOverviewService({
    pool,
    lag: audit.lag,
    bounds: audit.bounds,
    // The lag of the second destination says how much waits for it.
    problemWatch: createProblemWatch({
      probes: diagnosis.probes.filter(({ name }) => name !== 'Second audit destination'),
      runbooks,
      dispensable,
      now,
    }),
    environmentCertificates: createEnvironmentCertificates(pool),
    now,
  });
  return {
    mounts: [['callers', '/overview', (api) => overviewRoutes(api, { overview })]],
  } satisfies Domain;
}
