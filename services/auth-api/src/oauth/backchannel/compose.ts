/** Composes the backchannel authentication endpoint. */
import type { ApprovalParts } from '../../browser/approvals/compose.ts';
import { createTries } from '../../browser/devices/attempts.ts';
import type { Assertions } from '../../core/assertions/compose.ts';
import type { Core, Domain } from '../../core/domain.ts';
import type { AccountParts } from '../../people/accounts/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import type { Tokens } from '../../tokens/compose.ts';
import type { ClientAuthenticationParts } from '../client-authentication/compose.ts';
import type { Token } from '../token/compose.ts';
import { createBackchannelEndpoint } from './endpoint.ts';
import { createHints } from './hints.ts';
import { backchannelRoutes } from './routes.ts';
import { createSignedRequests } from './signed-request.ts';

interface BackchannelDependencies {
  assertions: Assertions;
  audit: Audit;
  clientAuthentication: ClientAuthenticationParts;
  clients: Clients;
  contactCenters: ContactCenters;
  accounts: AccountParts;
  tokens: Tokens;
  token: Token;
  approvals: ApprovalParts;
}

export function composeBackchannel(core: Core, dependencies: BackchannelDependencies) {
  const { issuer, redis, keyspace, now } = core;
  const { writer: audit, floodLimited } = dependencies.audit;
  const { clientKeySets: keySets } = dependencies.assertions;
  const { clientAuthentication } = dependencies.clientAuthentication;
  const { service: contactCenters } = dependencies.contactCenters;
  const { service: users, loginNames } = dependencies.accounts;
  const { ids: idTokens, singleUse } = dependencies.tokens;
  const { registeredAssertions } = dependencies.token;
  const { service: approvals, userCodes } = dependencies.approvals;
  const tries = createTries(redis, keyspace, {
    name: 'limit:backchannel-hint',
    maxAttempts: 30,
    detail: 'the client has named too many people whom nobody knows',
  });
  const endpoint = createBackchannelEndpoint({
    clientAuthentication,
    signedRequests: createSignedRequests({ issuer, keySets, singleUse, now }),
    hints: createHints({ loginNames, contactCenters, users, idTokens, registeredAssertions, tries }),
    targets: dependencies.clients.targets,
    userCodes,
    approvals,
    audit,
    refusals: floodLimited({ maxPerAddress: 10, maxTotal: 300 }),
  });
  return {
    // Confidential clients only: no page calls it.
    mounts: [['anybody', '/auth/v3/oauth', (app) => backchannelRoutes(app, { endpoint })]],
  } satisfies Domain;
}
