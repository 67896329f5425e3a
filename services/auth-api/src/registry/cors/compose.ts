/** Composes the check of origins, and CORS for the APIs that programs in browsers call. */
import type { Core, Domain } from '../../core/domain.ts';
import type { Clients } from '../clients/compose.ts';
import type { ContactCenters } from '../contact-centers/compose.ts';
import { createAllowedOrigins, createStoredOrigins } from './allowed-origins.ts';
import { createCorsPolicies } from './policies.ts';

export function composeCors(
  { publicUrl, now, log }: Core,
  { clients, contactCenters }: { clients: Clients; contactCenters: ContactCenters },
) {
  const { environmentApi, copies } = contactCenters;
  const { staleMaxSeconds } = copies;
  const read = (etag: string | undefined) => environmentApi.allowedOrigins({ etag });
  const stored = createStoredOrigins({ read, staleMaxSeconds, now, log });
  const allowed = createAllowedOrigins({ publicUrl, clients: clients.directory, stored });
  return {
    services: createCorsPolicies(allowed),
    follows: { afterDeactivation: stored.follower },
  } satisfies Domain;
}
