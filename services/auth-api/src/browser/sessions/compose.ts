/** Composes the browser sessions and the search for the user behind a request. */
import type { Config } from '../../config.ts';
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import { createDomainEvent } from '../../core/domain-event.ts';
import type { AccountParts } from '../../people/accounts/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { RevocationParts } from '../../records/revocation/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import type { Tokens } from '../../tokens/compose.ts';
import type { CookieParts } from '../cookies/compose.ts';
import { createCallers } from './caller.ts';
import { lifetimesOf } from './lifetimes.ts';
import { sessionRoutes } from './routes.ts';
import { createSessionService } from './service.ts';
import type { SessionsEnded } from './session-ends.ts';
import { createSessionStore } from './store.ts';
import { createSessionViews } from './views.ts';

interface SessionDependencies {
  config: Pick<Config, 'sessions'>;
  audit: Audit;
  revocation: RevocationParts;
  clients: Clients;
  contactCenters: ContactCenters;
  accounts: AccountParts;
  tokens: Tokens;
  cookies: CookieParts;
}

export type Sessions = ServicesOf<typeof composeSessions>;

export function composeSessions({ redis, keyspace, now, log }: Core, dependencies: SessionDependencies) {
  const { writer: audit } = dependencies.audit;
  const { service: contactCenters, subjects } = dependencies.contactCenters;
  const { cookies, publicUrl } = dependencies.cookies;
  const lifetimes = lifetimesOf(dependencies.config.sessions);
  const ended: SessionsEnded = createDomainEvent('sessions have ended', log);
  const service = createSessionService({
    store: createSessionStore(redis, keyspace),
    cookies,
    revocations: dependencies.revocation.revocations,
    revokePerson: subjects.revoke,
    isShared: subjects.isShared,
    contactCenterStatus: dependencies.accounts.contactCenterStatus,
    lifetimes,
    ended,
    now,
  });
  const callers = createCallers(service, dependencies.tokens.resources);
  const views = createSessionViews(dependencies.clients.directory);
  const { admission } = dependencies.accounts;
  const routed = { callers, sessions: service, views, admission, audit, contactCenters, publicUrl };
  return {
    services: {
      service,
      ended,
      callers,
      views,
      /** Whether users may stay signed in on a device of their own. */
      offersRemember: lifetimes.remembered !== undefined,
    },
    mounts: [['holders of tokens or cookies', '/auth/v3', (app) => sessionRoutes(app, routed)]],
  } satisfies Domain;
}
