/** Composes what administrators do for and against people: sessions, revocations, explanations. */
import type { Consents } from '../../browser/consents/compose.ts';
import type { Sessions } from '../../browser/sessions/compose.ts';
import type { Assertions } from '../../core/assertions/compose.ts';
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import type { Refusals } from '../../oauth/refusals/compose.ts';
import type { AccountParts } from '../../people/accounts/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { RevocationParts } from '../../records/revocation/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import type { SecondStep } from '../../sign-in/second-step/compose.ts';
import type { SsoSettingsParts } from '../../sign-in/sso/compose-settings.ts';
import type { Tokens } from '../../tokens/compose.ts';
import { createClientDiagnoses } from './client-diagnosis.ts';
import { createExplanations } from './explanation.ts';
import { createListedPeople } from './listing.ts';
import { createMembershipCounts } from './membership-counts.ts';
import { createPeople } from './people.ts';
import { createPeopleEverywhere } from './people-everywhere.ts';
import { environmentRoutes, peopleRoutes } from './people-routes.ts';
import { createOrderedRevocations } from './revocations.ts';
import { helpDeskRoutes } from './routes.ts';
import { createHeldSessions } from './sessions.ts';
import { createUnlockWatch } from './unlock-watch.ts';
import { createUnlocks } from './unlocks.ts';

interface HelpDeskDependencies {
  assertions: Assertions;
  audit: Audit;
  revocation: RevocationParts;
  clients: Clients;
  contactCenters: ContactCenters;
  ssoSettings: SsoSettingsParts;
  accounts: AccountParts;
  secondStep: SecondStep;
  sessions: Sessions;
  consents: Consents;
  refusals: Refusals;
  tokens: Tokens;
}

export type HelpDesk = ServicesOf<typeof composeHelpDesk>;

export function composeHelpDesk(core: Core, dependencies: HelpDeskDependencies) {
  const { kit, redis, keyspace, secretBox, maxLifeMs, now } = core;
  const { clientKeySets: keySets } = dependencies.assertions;
  const { writer: audit, seenPeople: seen } = dependencies.audit;
  const { find: search } = dependencies.audit.search;
  const { revocations } = dependencies.revocation;
  const { service: clients, directory: clientDirectory } = dependencies.clients;
  const { environmentApi, service: contactCenters } = dependencies.contactCenters;
  const { service: ssoSettings, passwordRule } = dependencies.ssoSettings;
  const { service: users, loginNames } = dependencies.accounts;
  const { service: sessions, views } = dependencies.sessions;
  const { service: consents } = dependencies.consents;
  const { refusals } = dependencies;
  const { sub: operatorSub } = dependencies.tokens.operatorAccount;
  const people = createPeople({ contactCenters, loginNames, users, sessions, seen });
  const unlockWatch = createUnlockWatch({ redis, keyspace, audit, metrics: kit.metrics });
  const services = {
    people,
    unlockWatch,
    unlocks: createUnlocks({ people, delays: users.delays, watch: unlockWatch, audit }),
    sessions: createHeldSessions({ people, sessions, views, audit }),
    listedPeople: createListedPeople({
      people,
      contactCenters,
      users,
      sessions,
      ssoSettings,
      passwordRule,
      search,
      secretBox,
      audit,
    }),
    peopleEverywhere: createPeopleEverywhere({
      environmentApi,
      contactCenters,
      users,
      ssoSettings,
      passwordRule,
      audit,
    }),
    membershipCounts: createMembershipCounts({ contactCenters, users, audit }),
    explanations: createExplanations({
      people,
      contactCenters,
      users,
      ssoSettings,
      passwordRule,
      search,
      refusals,
      prospects: dependencies.secondStep.prospects,
      clientDirectory,
      audit,
      now,
    }),
    clientDiagnoses: createClientDiagnoses({ clients, keySets, contactCenters, search, refusals, audit }),
    revocations: createOrderedRevocations({
      people,
      clientDirectory,
      clients,
      consents,
      sessions,
      revocations,
      seen,
      audit,
      operatorSub,
      maxLifeMs,
      now,
    }),
  };
  return {
    services,
    mounts: [
      ['operators', '/auth/v3/ops', (app) => helpDeskRoutes(app, services)],
      ['operators', '/auth/v3/ops/people', (app) => peopleRoutes(app, services)],
      ['operators', '/auth/v3/ops/environments', (app) => environmentRoutes(app, services)],
    ],
  } satisfies Domain;
}
