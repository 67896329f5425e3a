/** Composes the stored consents of users and the form of the consent page. */
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import type { AccountParts } from '../../people/accounts/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import type { Tokens } from '../../tokens/compose.ts';
import type { CookieParts } from '../cookies/compose.ts';
import type { Interactions } from '../interactions/compose.ts';
import type { Sessions } from '../sessions/compose.ts';
import { createConsentForms } from './forms.ts';
import { ownConsentRoutes } from './own-routes.ts';
import { consentRoutes } from './routes.ts';
import { createConsentService } from './service.ts';
import { createConsentUses } from './uses.ts';

interface ConsentDependencies {
  audit: Audit;
  contactCenters: ContactCenters;
  accounts: AccountParts;
  cookies: CookieParts;
  sessions: Sessions;
  interactions: Interactions;
  tokens: Tokens;
}

export type Consents = ServicesOf<typeof composeConsents>;

export function composeConsents(core: Core, dependencies: ConsentDependencies) {
  const { writer: audit } = dependencies.audit;
  const { isAlone, revokeAtClient } = dependencies.contactCenters.subjects;
  const { pages, publicUrl } = dependencies.cookies;
  const { service: sessions, callers } = dependencies.sessions;
  const { service: interactions, formGuard: guard } = dependencies.interactions;
  const consents = createConsentService({ db: core.pool, writer: core.writer, isAlone });
  const uses = createConsentUses(core, consents.keysOf);
  dependencies.tokens.issued.follow(uses.record);
  const { admission } = dependencies.accounts;
  const consentForms = createConsentForms({
    guard,
    interactions,
    sessions,
    consents,
    admission,
    audit,
    pages,
  });
  const own = { callers, consents, admission, revokeAtClient, audit, issuer: core.issuer, publicUrl };
  return {
    services: { service: consents, uses },
    mounts: [
      ['holders of tokens or cookies', '/auth/v3', (app) => ownConsentRoutes(app, own)],
      ['browsers', '/auth/v3/oauth', (app) => consentRoutes(app, { consentForms })],
    ],
    follows: { deletedContactCenter: consents.forgetContactCenter },
    close: uses.settled,
  } satisfies Domain;
}
