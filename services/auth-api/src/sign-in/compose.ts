/** Composes login by password, the change of a password, and first passwords. */
import type { Audit } from '../audit/compose.ts';
import type { BrowserParts } from '../browser/compose.ts';
import type { Clients } from '../clients/compose.ts';
import type { ContactCenters } from '../contact-centers/compose.ts';
import type { Core } from '../core.ts';
import type { Domain } from '../domain.ts';
import type { Interactions } from '../interactions/compose.ts';
import type { People } from '../people/compose.ts';
import type { Sessions } from '../sessions/compose.ts';
import type { Users } from '../users/compose.ts';
import { changePasswordRoutes } from './change-password-routes.ts';
import { createChangePasswordService } from './change-password-service.ts';
import { firstPasswordRoutes, internalFirstPasswordRoutes } from './first-password-routes.ts';
import { createFirstPasswordService } from './first-password-service.ts';
import { signInRoutes } from './routes.ts';
import { createSignInService } from './service.ts';

interface SignInDependencies {
  audit: Audit;
  contactCenters: ContactCenters;
  people: People;
  clients: Clients;
  users: Users;
  browser: BrowserParts;
  sessions: Sessions;
  interactions: Interactions;
}

export function composeSignIn(core: Core, dependencies: SignInDependencies) {
  const { audit, contactCenters, people, clients, users, browser, sessions, interactions } = dependencies;
  const { cookies, pages, publicUrl } = browser;
  const forms = {
    guard: interactions.formGuard,
    interactions: interactions.service,
    sessions: sessions.service,
    cookies,
    users: users.service,
    pages,
  };
  const signIn = createSignInService({ ...forms, clients: clients.directory });
  const changePassword = createChangePasswordService(forms);
  const firstPasswords = createFirstPasswordService({
    environmentApi: contactCenters.environmentApi,
    contactCenters: contactCenters.service,
    people,
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
