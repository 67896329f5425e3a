/** Composes the stored consents of users and the form of the consent page. */

import type { Core } from '../../core/core.ts';
import type { Domain, ServicesOf } from '../../core/domain.ts';
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
  cookies: CookieParts;
  sessions: Sessions;
  interactions: Interactions;
  tokens: Tokens;
}

export type Consents = ServicesOf<typeof composeConsents>;

export function composeConsents(
  { pool, writer, isWritable, now, log }: Core,
  { audit, contactCenters, cookies, sessions, interactions, tokens }: ConsentDependencies,
) {
  const { isAlone, revokeAtClient } = contactCenters.subjects;
  const service = createConsentService({ db: pool, writer, isAlone });
  const uses = createConsentUses(writer, {
    keysOf: service.keysOf,
    now,
    log,
    gatherMs: 5_000,
    isWritable: isWritable || writer !== pool,
  });
  tokens.issued.follow(uses.record);
  const consentForms = createConsentForms({
    guard: interactions.formGuard,
    interactions: interactions.service,
    sessions: sessions.service,
    consents: service,
    audit: audit.writer,
    pages: cookies.pages,
  });
  const own = {
    callers: sessions.callers,
    consents: service,
    revokeAtClient,
    audit: audit.writer,
    publicUrl: cookies.publicUrl,
  };
  return {
    services: { service, uses },
    mounts: [
      ['holders of tokens or cookies', '/auth/v3', (app) => ownConsentRoutes(app, own)],
      ['browsers', '/auth/v3/oauth', (app) => consentRoutes(app, { consentForms })],
    ],
    follows: { deletedContactCenter: service.forgetContactCenter },
    close: uses.settled,
  } satisfies Domain;
}
