/** Lists the readiness checks of Auth API; an advisory one is reported but does not stop traffic. */
import type { ReadinessCheck } from '@gatehouse/service-kit/health/readiness';
import { pingPostgres } from '@gatehouse/service-kit/postgres/pool';
import { pingRedis } from '@gatehouse/service-kit/redis/client';
import type { Deps } from './deps.ts';
import { assertLinksOpen } from './users/link-health.ts';

export function readinessChecks({
  clock,
  stores,
  revocation,
  followed,
  users,
  admin,
}: Deps): ReadinessCheck[] {
  return [
    { name: 'redis', check: () => pingRedis(stores.redis) },
    clock.readinessCheck,
    { name: 'cut-offs', check: async () => revocation.revocations.assertFresh() },
    { name: 'ends', check: async () => followed.assertEndsKnown() },
    // Tokens are issued and judged without it.
    { name: 'postgresql', isAdvisory: true, check: () => pingPostgres(stores.pool) },
    // Advisory: the outage of one environment must not stop the logins of the others.
    {
      name: 'configuration-servers',
      isAdvisory: true,
      check: async () => assertLinksOpen(users.service.links()),
    },
    ...admin.advisoryChecks,
  ];
}
