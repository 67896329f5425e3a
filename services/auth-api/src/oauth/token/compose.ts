/** Composes the token endpoint with its grants, introspection and revocation. */
import type { ApprovalParts } from '../../browser/approvals/compose.ts';
import type { DeviceParts } from '../../browser/devices/compose.ts';
import type { Sessions } from '../../browser/sessions/compose.ts';
import type { Config } from '../../config.ts';
import type { Assertions } from '../../core/assertions/compose.ts';
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
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
  config: Pick<Config, 'audit'>;
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
  const { activity } = dependencies;
  const { clientKeySets: keySets, encryptFor } = dependencies.assertions;
  const { revocations } = dependencies.revocation;
  const { writer: audit, floodLimited } = dependencies.audit;
  const { signer } = dependencies.signingKeys;
  const { directory, details, targets, grantUses, own } = dependencies.clients;
  const { service: contactCenters } = dependencies.contactCenters;
  const { service: users, admission, contactCenterStatus } = dependencies.accounts;
  const { access: accessTokens, derived: derivedTokens, families, ids: idTokens } = dependencies.tokens;
  const { userTokenIssuer, singleUse, staleRegistrationTokens, consoleRights } = dependencies.tokens;
  const { service: sessions } = dependencies.sessions;
  const { opsAuthentication, opsUsername, clientAuthentication, senderConstraints } =
    dependencies.clientAuthentication;
  const convertedTokens = createConvertedTokens({ issuer, signer, redis, keyspace, now });
  const assertedUsers = createAssertedUsers({ contactCenters, users });
  const registeredAssertions = createRegisteredAssertions({ issuer, keySets, singleUse, assertedUsers, now });
  const { strengthOf } = keySets;
  const grants = createGrants({
    issuer,
    families,
    revocations,
    userTokenIssuer,
    users,
    audit,
    // Client credentials and refreshed tokens leave events too.
    tokenAudit: dependencies.config.audit.tokens === 'all' ? audit : undefined,
    strangersAudit: floodLimited({ maxPerAddress: 10, maxTotal: 300 }),
    devices: dependencies.devices.service,
    approvals: dependencies.approvals.service,
    consoleLinks: dependencies.consoleLinks.service,
    presentedTokens: createPresentedTokens({
      accessTokens,
      idTokens,
      sessions,
      directory,
      revocations,
      now,
    }),
    targets,
    exchangeIssuer: createExchangeIssuer({
      accessTokens,
      derivedTokens,
      families,
      idTokens,
      directory,
      admission,
      contactCenterStatus,
    }),
    convertedTokens,
    accessTokens,
    admission,
    contactCenterStatus,
    registeredAssertions,
    details,
    staleRegistrationTokens,
    samlAssertions: createSamlAssertions({ issuer, strengthOf, singleUse, assertedUsers, now }),
    now,
  });
  const tokenEndpoint = createTokenEndpoint({
    clientAuthentication,
    senderConstraints,
    grants,
    staleRegistrationTokens,
    accessTokens,
    grantUses,
    activity,
    metrics: kit.metrics,
  });
  const introspection = createIntrospectionEndpoint({
    clientAuthentication,
    opsAuthentication,
    opsUsername,
    accessTokens,
    consoleRights,
    families,
    revocations,
    issuer,
  });
  const { settled } = revocations;
  const revocation = createRevocationEndpoint({
    clientAuthentication,
    accessTokens,
    families,
    idTokens,
    settled,
    audit,
  });
  const introspectionJwt = createIntrospectionJwt({ issuer, opsUsername, signer, encryptFor, now });
  const routed = { tokenEndpoint, introspection, introspectionJwt, revocation };
  return {
    services: { convertedTokens, registeredAssertions, grantTypes: [...grants.keys()] },
    mounts: [
      ['holders of tokens', '/auth/v3/oauth', (app) => oauthRoutes(app, routed)],
      ['services', '', (app) => internalIntrospectionRoutes(app, { introspection, caller: own })],
    ],
  } satisfies Domain;
}
