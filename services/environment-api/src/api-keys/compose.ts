/** Composes the service and routes of API keys, and the worker that writes their last uses. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { App } from '@gatehouse/service-kit/http';
import type { Logger } from '@gatehouse/service-kit/observability';
import { createLastUses, type Pool } from '@gatehouse/service-kit/postgres';
import type { ContactCenterService } from '../contact-centers/service.ts';
import { apiKeyRoutes, keyOwnerRoutes } from './routes.ts';
import { createApiKeyService } from './service.ts';
import { writeKeyUses } from './store.ts';

export function composeApiKeys({
  pool,
  contactCenters,
  isWritable,
  now,
  log,
}: {
  pool: Pool;
  contactCenters: ContactCenterService;
  isWritable: boolean;
  now: Clock;
  log: Logger;
}) {
  const lastUses = createLastUses({
    write: (uses) => writeKeyUses(pool, uses),
    now,
    log,
    what: 'API keys',
    gatherMs: 0,
    isWritable,
  });
  const apiKeys = createApiKeyService({ db: pool, contactCenters, lastUses, now });
  return {
    service: apiKeys,
    routes: async (api: App) => apiKeyRoutes(api, { apiKeys }),
    ownerRoutes: async (api: App) => keyOwnerRoutes(api, { apiKeys }),
    close: () => lastUses.settled(),
  };
}
