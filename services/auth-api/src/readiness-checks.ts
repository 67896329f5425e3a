/** What a pod of Auth API must have to get traffic, and what is only told. */
import type { ReadinessCheck } from '@gatehouse/service-kit/health/readiness';
import { pingRedis } from '@gatehouse/service-kit/redis/client';
import type { Deps } from './deps.ts';
import { assertLinksOpen } from './users/link-health.ts';

export function readinessChecks({ stores, revocation, users }: Deps): ReadinessCheck[] {
  return [
    { name: 'redis', check: () => pingRedis(stores.redis) },
    { name: 'cut-offs', check: async () => revocation.revocations.assertFresh() },
    // One environment's outage is not everybody's.
    {
      name: 'configuration-servers',
      isAdvisory: true,
      check: async () => assertLinksOpen(users.service.links()),
    },
  ];
}
