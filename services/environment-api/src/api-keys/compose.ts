/** Composes the service and routes of API keys, and the worker that writes their last uses. */
import { createLastUses } from '@gatehouse/service-kit/postgres';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import { apiKeyRoutes, keyOwnerRoutes } from './routes.ts';
import { createApiKeyService } from './service.ts';
import { writeKeyUses } from './store.ts';

export function composeApiKeys(core: Core, { contactCenters }: { contactCenters: ContactCenterService }) {
  const { pool, isWritable, now, log } = core;
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
    services: apiKeys,
    mounts: [
      ['callers', '/contact-centers/:id/api-keys', (api) => apiKeyRoutes(api, { apiKeys })],
      ['callers', '/api-keys', (api) => keyOwnerRoutes(api, { apiKeys })],
    ],
    close: () => lastUses.settled(),
  } satisfies Domain;
}
