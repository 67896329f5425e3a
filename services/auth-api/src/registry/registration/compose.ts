/** Composes dynamic client registration (RFC 7591). */
import type { App } from '@gatehouse/service-kit/http';
import { createAddressLimiter } from '@gatehouse/service-kit/limits';
import type { Config } from '../../config.ts';
import type { Core, Domain } from '../../core/domain.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { Clients } from '../clients/compose.ts';
import type { ContactCenters } from '../contact-centers/compose.ts';
import { registrationRoutes } from './routes.ts';
import { createRegistrations } from './service.ts';

interface RegistrationDependencies {
  config: Pick<Config, 'registration'>;
  audit: Audit;
  contactCenters: ContactCenters;
  clients: Clients;
}

export function composeRegistration({ issuer, kit, now }: Core, dependencies: RegistrationDependencies) {
  const { config, audit, contactCenters, clients } = dependencies;
  const { initialAccessToken, requirePkce } = config.registration;
  const registrations = createRegistrations({
    issuer,
    initialAccessToken,
    limits: config.registration,
    requirePkce,
    nameOfInstallation: contactCenters.installation.name,
    clients: clients.service,
    directory: clients.directory,
    verifier: clients.verifier,
    failures: createAddressLimiter({ attempts: 20, windowMs: 60_000, now }),
    audit: audit.floodLimited({ maxPerAddress: 10, maxTotal: 300 }),
  });
  /** Whether this installation lets clients register themselves. */
  const isOffered = initialAccessToken !== undefined;
  const routes = (app: App) => registrationRoutes(app, { registrations });
  return {
    services: { isOffered },
    mounts: isOffered || kit.describesApi ? [['pages of allowed origins', '/auth/v3/oauth', routes]] : [],
  } satisfies Domain;
}
