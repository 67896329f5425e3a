/** Composes the browser sessions and the search for the user behind a request. */

import type { Core } from '../../core/core.ts';
import type { Domain, ServicesOf } from '../../core/domain.ts';
import { createDomainEvent } from '../../core/domain-event.ts';
import type { AccountParts } from '../../people/accounts/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { RevocationParts } from '../../records/revocation/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import type { Tokens } from '../../tokens/compose.ts';
import type { CookieParts } from '../cookies/compose.ts';
import { createCallers } from './caller.ts';
import { sessionRoutes } from './routes.ts';
import { createSessionService } from './service.ts';
import type { SessionsEnded } from './session-ends.ts';
import { createSessionStore } from './store.ts';
import { createSessionViews } from './views.ts';

interface SessionDependencies {
  /** Seconds; `rememberSeconds` 0: no session outlives its browser. */
  config: {
    sessions: {
      idleSeconds: number;
      absoluteSeconds: number;
      rememberSeconds: number;
      rememberIdleSeconds: number;
    };
  };
  audit: Audit;
  revocation: RevocationParts;
  clients: Clients;
  contactCenters: ContactCenters;
  accounts: AccountParts;
  tokens: Tokens;
  cookies: CookieParts;
}

export type Sessions = ServicesOf<typeof composeSessions>;

export function composeSessions(core: Core, dependencies: SessionDependencies) {
  const { redis, keyspace, now } = core;
  const {
    config: { sessions: settings },
    audit,
    clients,
    tokens,
    cookies,
  } = dependencies;
  const offersRemember = settings.rememberSeconds > 0;
  const ended: SessionsEnded = createDomainEvent('sessions have ended', core.log);
  const service = createSessionService({
    store: createSessionStore(redis, keyspace),
    cookies: cookies.cookies,
    revocations: dependencies.revocation.revocations,
    revokePerson: dependencies.contactCenters.subjects.revoke,
    isShared: dependencies.contactCenters.subjects.isShared,
    contactCenterStatus: dependencies.accounts.contactCenterStatus,
    lifetimes: {
      idleMs: settings.idleSeconds * 1000,
      absoluteMs: settings.absoluteSeconds * 1000,
      remembered: offersRemember
        ? { idleMs: settings.rememberIdleSeconds * 1000, absoluteMs: settings.rememberSeconds * 1000 }
        : undefined,
    },
    ended,
    now,
  });
  const callers = createCallers(service, tokens.resources);
  const views = createSessionViews(clients.directory);
  const contactCenterNameOf = (id: string) =>
    dependencies.contactCenters.service.find(id).then(
      (contactCenter) => contactCenter?.name,
      () => undefined,
    );
  const services = {
    service,
    ended,
    callers,
    views,
    /** Whether users may stay signed in on a device of their own. */
    offersRemember,
  };
  const { publicUrl } = cookies;
  const routed = { callers, sessions: service, views, audit: audit.writer, contactCenterNameOf, publicUrl };
  return {
    services,
    mounts: [['holders of tokens or cookies', '/auth/v3', (app) => sessionRoutes(app, routed)]],
  } satisfies Domain;
}
