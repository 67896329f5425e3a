/** Composes login by password, the change of a password, and first passwords. */
import type { CookieParts } from '../../browser/cookies/compose.ts';
import type { Interactions } from '../../browser/interactions/compose.ts';
import type { Sessions } from '../../browser/sessions/compose.ts';
import type { Core, Domain } from '../../core/domain.ts';
import type { AccountParts } from '../../people/accounts/compose.ts';
import type { PeopleStore } from '../../people/people-store/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import type { SecondStep } from '../second-step/compose.ts';
import { changePasswordRoutes } from './change-password-routes.ts';
import { createChangePasswordService } from './change-password-service.ts';
import { firstPasswordRoutes, internalFirstPasswordRoutes } from './first-password-routes.ts';
import { createFirstPasswordService } from './first-password-service.ts';
import { signInRoutes } from './routes.ts';
import { createSignInService } from './service.ts';

interface PasswordDependencies {
  audit: Audit;
  contactCenters: ContactCenters;
  peopleStore: PeopleStore;
  clients: Clients;
  accounts: AccountParts;
  cookies: CookieParts;
  sessions: Sessions;
  interactions: Interactions;
  secondStep: SecondStep;
}

export function composePassword({ now }: Core, dependencies: PasswordDependencies) {
  const { peopleStore } = dependencies;
  const { writer: audit, floodLimited } = dependencies.audit;
  const { environmentApi, service: contactCenters } = dependencies.contactCenters;
  const { directory: clients } = dependencies.clients;
  const { service: users, admission } = dependencies.accounts;
  const { cookies, pages, publicUrl } = dependencies.cookies;
  const { callers } = dependencies.sessions;
  const { entrance } = dependencies.secondStep;
  const { service: interactions, formGuard: guard } = dependencies.interactions;
  const signIn = createSignInService({
    guard,
    interactions,
    entrance,
    cookies,
    users,
    clients,
    pages,
  });
  const changePassword = createChangePasswordService({
    guard,
    interactions,
    entrance,
    cookies,
    users,
    admission,
    pages,
  });
  const firstPasswords = createFirstPasswordService({
    environmentApi,
    contactCenters,
    peopleStore,
    audit,
    refused: floodLimited({ maxPerAddress: 10, maxTotal: 300 }),
    now,
  });
  const prefix = '/auth/v3';
  const changeParts = { changePassword, callers, publicUrl };
  return {
    mounts: [
      ['browsers', prefix, (app) => signInRoutes(app, { signIn })],
      ['browsers', prefix, (app) => firstPasswordRoutes(app, { firstPasswords, pages, publicUrl })],
      ['browsers with tokens', prefix, (app) => changePasswordRoutes(app, changeParts)],
      ['services', '', (app) => internalFirstPasswordRoutes(app, { firstPasswords })],
    ],
  } satisfies Domain;
}
