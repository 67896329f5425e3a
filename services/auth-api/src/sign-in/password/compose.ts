/** Composes login by password, the change of a password, and first passwords. */

import type { CookieParts } from '../../browser/cookies/compose.ts';
import type { Interactions } from '../../browser/interactions/compose.ts';
import type { Sessions } from '../../browser/sessions/compose.ts';
import type { Core } from '../../core/core.ts';
import type { Domain } from '../../core/domain.ts';
import type { AccountParts } from '../../people/accounts/compose.ts';
import type { PeopleStore } from '../../people/people-store/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
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
}

export function composePassword(core: Core, dependencies: PasswordDependencies) {
  const { audit, contactCenters, peopleStore, clients, accounts, sessions, interactions } = dependencies;
  const { cookies, pages, publicUrl } = dependencies.cookies;
  const forms = {
    guard: interactions.formGuard,
    interactions: interactions.service,
    sessions: sessions.service,
    cookies,
    users: accounts.service,
    pages,
  };
  const signIn = createSignInService({ ...forms, clients: clients.directory });
  const changePassword = createChangePasswordService(forms);
  const firstPasswords = createFirstPasswordService({
    environmentApi: contactCenters.environmentApi,
    contactCenters: contactCenters.service,
    peopleStore,
    audit: audit.writer,
    refused: audit.floodLimited({ maxPerAddress: 10, maxTotal: 300 }),
    now: core.now,
  });
  const prefix = '/auth/v3';
  const { callers } = sessions;
  return {
    mounts: [
      ['browsers', prefix, (app) => signInRoutes(app, { signIn })],
      ['browsers', prefix, (app) => firstPasswordRoutes(app, { firstPasswords, pages, publicUrl })],
      [
        'browsers with tokens',
        prefix,
        (app) => changePasswordRoutes(app, { changePassword, callers, publicUrl }),
      ],
      ['services', '', (app) => internalFirstPasswordRoutes(app, { firstPasswords })],
    ],
  } satisfies Domain;
}
