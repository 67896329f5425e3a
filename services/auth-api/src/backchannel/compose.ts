/** Composes the backchannel authentication endpoint. */
import type { App } from '@gatehouse/service-kit/http/app';
import type { ApprovalParts } from '../approvals/compose.ts';
import type { Assertions } from '../assertions/compose.ts';
import type { Audit } from '../audit/compose.ts';
import type { ClientAuthenticationParts } from '../client-authentication/compose.ts';
import type { ContactCenters } from '../contact-centers/compose.ts';
import type { Core } from '../core.ts';
import { createTries } from '../devices/attempts.ts';
import type { Token } from '../token/compose.ts';
import type { Tokens } from '../tokens/compose.ts';
import type { Users } from '../users/compose.ts';
import { createBackchannelEndpoint } from './endpoint.ts';
import { createHints } from './hints.ts';
import { backchannelRoutes } from './routes.ts';
import { createSignedRequests } from './signed-request.ts';

interface BackchannelDependencies {
  assertions: Assertions;
  audit: Audit;
  clientAuthentication: ClientAuthenticationParts;
  /** Who tells whom a hint names, and where the request waits for that person. */
  people: {
    contactCenters: ContactCenters;
    users: Users;
    tokens: Tokens;
    token: Token;
    approvals: ApprovalParts;
  };
}

export function composeBackchannel(core: Core, dependencies: BackchannelDependencies) {
  const { issuer, redis, keyspace, now } = core;
  const { assertions, audit, clientAuthentication, people } = dependencies;
  const endpoint = createBackchannelEndpoint({
    clientAuthentication: clientAuthentication.clientAuthentication,
    signedRequests: createSignedRequests({
      issuer,
      keySets: assertions.clientKeySets,
      singleUse: people.tokens.singleUse,
      now,
    }),
    hints: createHints({
      loginNames: people.users.loginNames,
      contactCenters: people.contactCenters.service,
      users: people.users.service,
      idTokens: people.tokens.ids,
      registeredAssertions: people.token.registeredAssertions,
      tries: createTries(redis, keyspace, {
        name: 'limit:backchannel-hint',
        maxAttempts: 30,
        detail: 'the client has named too many people whom nobody knows',
      }),
    }),
    userCodes: people.approvals.userCodes,
    approvals: people.approvals.service,
    audit: audit.writer,
    refusals: audit.floodLimited({ maxPerAddress: 10, maxTotal: 300 }),
  });
  return { routes: (app: App) => backchannelRoutes(app, { endpoint }) };
}
