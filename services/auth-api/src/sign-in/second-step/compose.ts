/** Composes the way from a proof of a person to a session, with the second step in which a sign-in may wait. */
import type { CookieParts } from '../../browser/cookies/compose.ts';
import type { Sessions } from '../../browser/sessions/compose.ts';
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import type { Factors } from '../../factors/compose.ts';
import type { AccountParts } from '../../people/accounts/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import { createStepAnswers } from './answers.ts';
import { createStepEnrolment } from './enrolment.ts';
import { createEntrance } from './entrance.ts';
import { createProspects } from './prospects.ts';
import { createDeviceMemory } from './remembered-device.ts';
import { internalSecondStepRoutes, secondStepRoutes } from './routes.ts';
import { createSituations } from './situation.ts';
import { createStepForms } from './step-forms.ts';
import { createWaitingStore } from './store.ts';
import { createStepReader } from './view.ts';

interface SecondStepDependencies {
  audit: Audit;
  contactCenters: ContactCenters;
  accounts: AccountParts;
  factors: Factors;
  cookies: CookieParts;
  sessions: Sessions;
}

export type SecondStep = ServicesOf<typeof composeSecondStep>;

export function composeSecondStep(
  { redis, keyspace, secretBox, now }: Core,
  dependencies: SecondStepDependencies,
) {
  const { factors } = dependencies;
  const { writer: audit } = dependencies.audit;
  const { service: contactCenters } = dependencies.contactCenters;
  const { admission } = dependencies.accounts;
  const { cookies, pages, publicUrl, limitStarts } = dependencies.cookies;
  const { service: sessions } = dependencies.sessions;
  const store = createWaitingStore(redis, keyspace);
  const { devices, knownBrowsers } = factors;
  const deviceMemory = createDeviceMemory({ admission, devices, cookies });
  const entrance = createEntrance({ store, admission, deviceMemory, sessions, cookies, pages, audit, now });
  const situations = createSituations({ entrance, admission, factors, now });
  const formParts = { store, entrance, deviceMemory, knownBrowsers, cookies, pages, publicUrl };
  const forms = createStepForms(formParts);
  const answers = createStepAnswers({ forms, situations, factors });
  const enrolment = createStepEnrolment({ forms, situations, factors, contactCenters, secretBox });
  const readStep = createStepReader({ store, situations, enrolment, factors, contactCenters, now });
  const routeParts = { forms, answers, enrolment, pages, starts: limitStarts() };
  return {
    services: { entrance, situations, prospects: createProspects({ admission, factors, now }) },
    mounts: [
      ['browsers', '/auth/v3/second-step', (app) => secondStepRoutes(app, routeParts)],
      ['services', '', (app) => internalSecondStepRoutes(app, { readStep })],
    ],
  } satisfies Domain;
}
