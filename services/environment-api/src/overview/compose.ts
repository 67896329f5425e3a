/** Composes the overview of this service: numbers, what ends soon, and what the diagnosis finds. */
import type { AuditLag } from '@gatehouse/contracts/overview';
import type { Clock } from '@gatehouse/service-kit/clock';
import { createProblemWatch, type Probe } from '@gatehouse/service-kit/health';
import type { App } from '@gatehouse/service-kit/http';
import type { DeletionBounds, Pool } from '@gatehouse/service-kit/postgres';
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

export function composeOverview({
  pool,
  probes,
  lag,
  bounds,
  now,
}: {
  pool: Pool;
  /** The checks of the diagnosis. */
  probes: readonly Probe[];
  lag(): Promise<AuditLag[]>;
  bounds: DeletionBounds;
  now: Clock;
}) {
  const overview = createOverviewService({
    pool,
    lag,
    bounds,
    // What waits for the second destination is told by its lag.
    problemWatch: createProblemWatch({
      probes: probes.filter(({ name }) => name !== 'Second audit destination'),
      runbooks,
      dispensable,
      now,
    }),
    environmentCertificates: createEnvironmentCertificates(pool),
    now,
  });
  return { routes: async (api: App) => overviewRoutes(api, { overview }) };
}
