/** Composes the stored consents of users and the form of the consent page. */

import type { App } from '@gatehouse/service-kit/http/app';
import type { Audit } from '../audit/compose.ts';
import type { BrowserParts } from '../browser/compose.ts';
import type { Core } from '../core.ts';
import type { Interactions } from '../interactions/compose.ts';
import type { Sessions } from '../sessions/compose.ts';
import { createConsentForms } from './forms.ts';
import { consentRoutes } from './routes.ts';
import { createConsentService } from './service.ts';

interface ConsentDependencies {
  audit: Audit;
  browser: BrowserParts;
  sessions: Sessions;
  interactions: Interactions;
}

export type Consents = ReturnType<typeof composeConsents>;

export function composeConsents(
  { pool, writer }: Core,
  { audit, browser, sessions, interactions }: ConsentDependencies,
) {
  const service = createConsentService(pool, writer);
  const consentForms = createConsentForms({
    guard: interactions.formGuard,
    interactions: interactions.service,
    sessions: sessions.service,
    consents: service,
    audit: audit.writer,
    pages: browser.pages,
  });
  return { service, routes: (app: App) => consentRoutes(app, { consentForms }) };
}
