/** Composes the sign-in by a passkey alone. */
import type { CookieParts } from '../../browser/cookies/compose.ts';
import type { Interactions } from '../../browser/interactions/compose.ts';
import type { Core, Domain } from '../../core/domain.ts';
import type { Factors } from '../../factors/compose.ts';
import type { AccountParts } from '../../people/accounts/compose.ts';
import type { PasswordRule } from '../../people/accounts/password-rule.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import type { SecondStep } from '../second-step/compose.ts';
import { passkeySignInRoutes } from './routes.ts';
import { createPasskeySignIn } from './service.ts';

interface PasskeySignInDependencies {
  audit: Audit;
  accounts: AccountParts;
  clients: Clients;
  contactCenters: ContactCenters;
  cookies: CookieParts;
  factors: Factors;
  interactions: Interactions;
  secondStep: SecondStep;
  ssoSettings: { passwordRule: PasswordRule };
}

export function composePasskeySignIn({ now }: Core, dependencies: PasskeySignInDependencies) {
  const { service: users, admission } = dependencies.accounts;
  const { cookies, pages, limitStarts } = dependencies.cookies;
  const { service: interactions, formGuard: guard } = dependencies.interactions;
  const passkeySignIn = createPasskeySignIn({
    ...{ guard, interactions, users, admission, cookies, pages, now },
    entrance: dependencies.secondStep.entrance,
    passkeys: dependencies.factors.passkeys,
    passwordRule: dependencies.ssoSettings.passwordRule,
    contactCenters: dependencies.contactCenters.service,
    clients: dependencies.clients.directory,
    refused: dependencies.audit.floodLimited({ maxPerAddress: 10, maxTotal: 300 }),
  });
  const routeParts = { passkeySignIn, starts: limitStarts() };
  return {
    mounts: [['browsers', '/auth/v3/passkey-sign-in', (app) => passkeySignInRoutes(app, routeParts)]],
  } satisfies Domain;
}
