/** Composes dynamic client registration (RFC 7591). */

import type { Secret } from '@gatehouse/service-kit/crypto';
import { createAddressLimiter } from '@gatehouse/service-kit/limits';
import type { Core } from '../../core/core.ts';
import type { Domain } from '../../core/domain.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { Branding } from '../branding/compose.ts';
import type { Clients } from '../clients/compose.ts';
import type { RegistrationLimits } from './metadata.ts';
import { registrationRoutes } from './routes.ts';
import { createRegistrations } from './service.ts';

interface RegistrationDependencies {
  config: {
    registration: RegistrationLimits & { initialAccessToken: Secret | undefined; requirePkce: boolean };
  };
  audit: Audit;
  branding: Branding;
  clients: Clients;
}

export function composeRegistration(
  { issuer, kit, now }: Core,
  { config: { registration: settings }, audit, branding, clients }: RegistrationDependencies,
) {
  const registrations = createRegistrations({
    issuer,
    initialAccessToken: settings.initialAccessToken,
    limits: settings,
    requirePkce: settings.requirePkce,
    nameOfInstallation: branding.views.nameOfInstallation,
    clients: clients.service,
    directory: clients.directory,
    verifier: clients.verifier,
    failures: createAddressLimiter({ attempts: 20, windowMs: 60_000, now }),
    audit: audit.floodLimited({ maxPerAddress: 10, maxTotal: 300 }),
  });
  /** Whether this installation lets clients register themselves. */
  const isOffered = settings.initialAccessToken !== undefined;
  return {
    services: { isOffered },
    mounts:
      isOffered || kit.describesApi
        ? [
            [
              'pages of allowed origins',
              '/auth/v3/oauth',
              (app) => registrationRoutes(app, { registrations }),
            ],
          ]
        : [],
  } satisfies Domain;
}
