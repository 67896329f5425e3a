/** Composes the token endpoint with its grants, introspection and revocation. */

import type { ApprovalParts } from '../../browser/approvals/compose.ts';
import type { DeviceParts } from '../../browser/devices/compose.ts';
import type { Sessions } from '../../browser/sessions/compose.ts';
import type { Assertions } from '../../core/assertions/compose.ts';
import type { Core } from '../../core/core.ts';
import type { Domain, ServicesOf } from '../../core/domain.ts';
import type { SigningKeyParts } from '../../keys/signing-keys/compose.ts';
import type { AccountParts } from '../../people/accounts/compose.ts';
import type { Activity } from '../../records/activity/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { RevocationParts } from '../../records/revocation/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import type { ConsoleLinkParts } from '../../sign-in/console-links/compose.ts';
import type { Tokens } from '../../tokens/compose.ts';
import type { ClientAuthenticationParts } from '../client-authentication/compose.ts';
import { createAssertedUsers } from './asserted-users.ts';
import { createConvertedTokens } from './exchange/converted-tokens.ts';
import { createExchangeIssuer } from './exchange/issue.ts';
import { createPresentedTokens } from './exchange/presented-token.ts';
import { createExchangeTargets } from './exchange/targets.ts';
import { createGrants } from './grants/index.ts';
import { internalIntrospectionRoutes } from './internal-routes.ts';
import { createIntrospectionEndpoint } from './introspect.ts';
import { createIntrospectionJwt } from './introspection-jwt.ts';
import { createRegisteredAssertions } from './registered-assertions.ts';
import { createRevocationEndpoint } from './revoke.ts';
import { oauthRoutes } from './routes.ts';
import { createSamlAssertions } from './saml-assertions.ts';
import { createTokenEndpoint } from './token.ts';

interface TokenDependencies {
  /** `all`: client credentials and refreshed tokens leave events too. */
  config: { audit: { tokens: 'exceptional' | 'all' } };
  activity: Activity;
  assertions: Assertions;
  revocation: RevocationParts;
  audit: Audit;
  signingKeys: SigningKeyParts;
  clients: Clients;
  contactCenters: ContactCenters;
  accounts: AccountParts;
  tokens: Tokens;
  sessions: Sessions;
  devices: DeviceParts;
  approvals: ApprovalParts;
  clientAuthentication: ClientAuthenticationParts;
  consoleLinks: ConsoleLinkParts;
}

export type Token = ServicesOf<typeof composeToken>;

export function composeToken(core: Core, dependencies: TokenDependencies) {
  const { issuer, kit, redis, keyspace, now } = core;
  const { tokens, activity } = dependencies;
  const { opsAuthentication, opsUsername, clientAuthentication, senderConstraints } =
    dependencies.clientAuthentication;
  const { revocations } = dependencies.revocation;
  const { directory } = dependencies.clients;
  const { contactCenterStatus } = dependencies.accounts;
  const audit = dependencies.audit.writer;
  const users = dependencies.accounts.service;
  const { access: accessTokens, derived: derivedTokens, families, ids: idTokens } = tokens;
  const { userTokenIssuer, singleUse } = tokens;
  const convertedTokens = createConvertedTokens({
    issuer,
    signer: dependencies.signingKeys.signer,
    redis,
    keyspace,
    now,
  });
  const assertedUsers = createAssertedUsers({ contactCenters: dependencies.contactCenters.service, users });
  const registeredAssertions = createRegisteredAssertions({
    issuer,
    keySets: dependencies.assertions.clientKeySets,
    singleUse,
    assertedUsers,
    now,
  });
  const issued = kit.metrics.counter('auth_tokens_issued_total', 'Token answers by grant.', ['grant']);
  const tokenEndpoint = createTokenEndpoint({
    clientAuthentication,
    senderConstraints,
    grants: createGrants({
      issuer,
      families,
      revocations,
      userTokenIssuer,
      users,
      audit,
      tokenAudit: dependencies.config.audit.tokens === 'all' ? audit : undefined,
      strangersAudit: dependencies.audit.floodLimited({ maxPerAddress: 10, maxTotal: 300 }),
      devices: dependencies.devices.service,
      approvals: dependencies.approvals.service,
      consoleLinks: dependencies.consoleLinks.service,
      presentedTokens: createPresentedTokens({
        accessTokens,
        idTokens,
        sessions: dependencies.sessions.service,
        directory,
        revocations,
        now,
      }),
      targets: createExchangeTargets(directory),
      exchangeIssuer: createExchangeIssuer({
        accessTokens,
        derivedTokens,
        families,
        idTokens,
        directory,
        contactCenterStatus,
      }),
      convertedTokens,
      accessTokens,
      contactCenterStatus,
      registeredAssertions,
      details: dependencies.clients.details,
      staleRegistrationTokens: tokens.staleRegistrationTokens,
      samlAssertions: createSamlAssertions({
        issuer,
        strengthOf: dependencies.assertions.clientKeySets.strengthOf,
        singleUse,
        assertedUsers,
        now,
      }),
      now,
    }),
    staleRegistrationTokens: tokens.staleRegistrationTokens,
    accessTokens,
    recordIssued({ clientId }, grantType) {
      issued.inc({ grant: grantType });
      dependencies.clients.grantUses.record(clientId, grantType);
      activity.tokenIssued();
    },
    countRefused: activity.tokenRefused,
  });
  const introspection = createIntrospectionEndpoint({
    clientAuthentication,
    opsAuthentication,
    opsUsername,
    accessTokens,
    consoleRights: tokens.consoleRights,
    families,
    revocations,
    issuer,
  });
  const revocation = createRevocationEndpoint({
    clientAuthentication,
    accessTokens,
    families,
    idTokens,
    settled: revocations.settled,
    audit,
  });
  const introspectionJwt = createIntrospectionJwt({
    issuer,
    opsUsername,
    signer: dependencies.signingKeys.signer,
    encryptFor: dependencies.assertions.encryptFor,
    now,
  });
  const routed = { tokenEndpoint, introspection, introspectionJwt, revocation };
  const internal = { introspection, caller: dependencies.clients.own };
  return {
    services: { convertedTokens, registeredAssertions },
    mounts: [
      ['holders of tokens', '/auth/v3/oauth', (app) => oauthRoutes(app, routed)],
      ['services', '', (app) => internalIntrospectionRoutes(app, internal)],
    ],
  } satisfies Domain;
}
