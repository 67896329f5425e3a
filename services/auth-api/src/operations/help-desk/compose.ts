/** Composes what administrators do for and against people: sessions, revocations, explanations. */

import type { Consents } from '../../browser/consents/compose.ts';
import type { Sessions } from '../../browser/sessions/compose.ts';
import type { Assertions } from '../../core/assertions/compose.ts';
import type { Core } from '../../core/core.ts';
import type { Domain, ServicesOf } from '../../core/domain.ts';
import type { AccountParts } from '../../people/accounts/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { RevocationParts } from '../../records/revocation/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import type { SsoSettingsParts } from '../../sign-in/sso/compose-settings.ts';
import type { Tokens } from '../../tokens/compose.ts';
import { createClientDiagnoses } from './client-diagnosis.ts';
import { environmentRoutes } from './environment-routes.ts';
import { createExplanations } from './explanation.ts';
import { createListedPeople } from './listing.ts';
import { createMembershipCounts } from './membership-counts.ts';
import { createPeople } from './people.ts';
import { peopleRoutes } from './people-routes.ts';
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
  sessions: Sessions;
  consents: Consents;
  tokens: Tokens;
}

export type HelpDesk = ServicesOf<typeof composeHelpDesk>;

export function composeHelpDesk(core: Core, dependencies: HelpDeskDependencies) {
  const { kit, redis, keyspace, secretBox, maxLifeMs, now } = core;
  const { audit, revocation, clients, contactCenters, ssoSettings, accounts, sessions } = dependencies;
  const people = createPeople({
    contactCenters: contactCenters.service,
    loginNames: accounts.loginNames,
    users: accounts.service,
    sessions: sessions.service,
    seen: audit.seenPeople,
  });
  const unlockWatch = createUnlockWatch({ redis, keyspace, audit: audit.writer, metrics: kit.metrics });
  const services = {
    people,
    unlockWatch,
    unlocks: createUnlocks({
      people,
      delays: accounts.service.delays,
      watch: unlockWatch,
      audit: audit.writer,
    }),
    sessions: createHeldSessions({
      people,
      sessions: sessions.service,
      views: sessions.views,
      audit: audit.writer,
    }),
    listedPeople: createListedPeople({
      people,
      contactCenters: contactCenters.service,
      users: accounts.service,
      sessions: sessions.service,
      search: audit.search.find,
      secretBox,
      audit: audit.writer,
    }),
    membershipCounts: createMembershipCounts({
      contactCenters: contactCenters.service,
      users: accounts.service,
      audit: audit.writer,
    }),
    explanations: createExplanations({
      people,
      contactCenters: contactCenters.service,
      users: accounts.service,
      ssoSettings: ssoSettings.service,
      passwordRule: ssoSettings.passwordRule,
      search: audit.search.find,
      audit: audit.writer,
    }),
    clientDiagnoses: createClientDiagnoses({
      clients: clients.service,
      keySets: dependencies.assertions.clientKeySets,
      contactCenters: contactCenters.service,
      search: audit.search.find,
      audit: audit.writer,
    }),
    revocations: createOrderedRevocations({
      people,
      clientDirectory: clients.directory,
      clients: clients.service,
      consents: dependencies.consents.service,
      sessions: sessions.service,
      revocations: revocation.revocations,
      seen: audit.seenPeople,
      audit: audit.writer,
      operatorSub: dependencies.tokens.operatorAccount.sub,
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
