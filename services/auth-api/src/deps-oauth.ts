/** Composes the OAuth endpoints on top of tokens, clients, users and sessions. */
import { createAddressLimiter } from '@gatehouse/service-kit/limits/attempt-limiter';
import { createKeySets } from './assertions/key-sets.ts';
import type { BaseDeps } from './deps.ts';
import type { SenderDeps } from './deps-sender.ts';
import type { SignInDeps } from './deps-sign-in.ts';
import { createUserCodeAttempts } from './devices/attempts.ts';
import { createDevices } from './devices/service.ts';
import { createDeviceStore } from './devices/store.ts';
import { createDeviceVerification, type DeviceVerification } from './devices/verification.ts';
import { createDecision } from './oauth/authorization-decision.ts';
import { createAuthorizationIssuer } from './oauth/authorization-issue.ts';
import { type AuthorizationEndpoint, createAuthorizationEndpoint } from './oauth/authorize.ts';
import { createBasicAuthorize } from './oauth/basic-authorize.ts';
import { createClientAssertions } from './oauth/client-assertion.ts';
import { createClientAuthentication } from './oauth/client-authentication.ts';
import {
  createDeviceAuthorizationEndpoint,
  type DeviceAuthorizationEndpoint,
} from './oauth/device-authorization.ts';
import { type ConvertedTokens, createConvertedTokens } from './oauth/exchange/converted-tokens.ts';
import { createExchangeIssuer } from './oauth/exchange/issue.ts';
import { createPresentedTokens } from './oauth/exchange/presented-token.ts';
import { createExchangeTargets } from './oauth/exchange/targets.ts';
import { createGrants } from './oauth/grants/index.ts';
import { createIntrospectionEndpoint, type IntrospectionEndpoint } from './oauth/introspect.ts';
import { createLogoutEndpoint, type LogoutEndpoint } from './oauth/logout.ts';
import { createPostedRequests, type PostedRequests } from './oauth/posted-requests.ts';
import { createPushEndpoint, type PushEndpoint } from './oauth/push-request.ts';
import { createPushedRequests } from './oauth/pushed-requests.ts';
import { createRegisteredAssertions } from './oauth/registered-assertions.ts';
import { createRequestObjects } from './oauth/request-objects.ts';
import { createRequestSources } from './oauth/request-sources.ts';
import { createRevocationEndpoint, type RevocationEndpoint } from './oauth/revoke.ts';
import { createTokenEndpoint, type TokenEndpoint } from './oauth/token.ts';
import { createUserTokens, type UserTokens } from './oauth/user-tokens.ts';
import { createUserInfo, type UserInfo } from './oauth/userinfo.ts';
import { createRegistrations, type Registrations } from './registration/service.ts';

export interface OAuthDeps {
  authorization: AuthorizationEndpoint;
  pushEndpoint: PushEndpoint;
  registrations: Registrations;
  deviceAuthorization: DeviceAuthorizationEndpoint;
  deviceVerification: DeviceVerification;
  postedRequests: PostedRequests;
  tokenEndpoint: TokenEndpoint;
  introspection: IntrospectionEndpoint;
  revocation: RevocationEndpoint;
  userTokens: UserTokens;
  userInfo: UserInfo;
  convertedTokens: ConvertedTokens;
  logoutEndpoint: LogoutEndpoint;
}

export function createOAuthDeps(deps: BaseDeps & SenderDeps & SignInDeps): OAuthDeps {
  const { config, kit, redis, keyspace, clientDirectory, secretVerifier, audit } = deps;
  const keySets = createKeySets(deps);
  const clientAuthentication = createClientAuthentication({
    directory: clientDirectory,
    verifier: secretVerifier,
    uses: deps.clientUses,
    assertions: createClientAssertions({ ...deps, directory: clientDirectory, keySets }),
    audit,
  });
  const pushedRequests = createPushedRequests({
    redis,
    keyspace,
    ttlSeconds: config.authorization.pushedRequestTtlSeconds,
  });
  const requestSources = createRequestSources({
    directory: clientDirectory,
    pushedRequests,
    requestObjects: createRequestObjects({ ...deps, keySets }),
  });
  const starts = createAddressLimiter({
    attempts: config.signIn.startsPerMinute,
    windowMs: 60_000,
    now: deps.now,
  });
  const deviceStore = createDeviceStore(redis, keyspace, deps.now);
  const devices = createDevices({
    ...deps,
    store: deviceStore,
    lifeSeconds: config.authorization.deviceCodeTtlSeconds,
  });
  const authorization = createAuthorizationEndpoint({
    ...deps,
    devices,
    decide: createDecision(deps),
    issue: createAuthorizationIssuer(deps),
    basicAuthorize: createBasicAuthorize({ users: deps.users, isDefault: config.compat.enabled }),
    directory: clientDirectory,
    requestSources,
    pushedRequests,
    requiresPushed: config.authorization.requirePushed,
    starts,
  });
  const convertedTokens = createConvertedTokens(deps);
  const userTokens = createUserTokens(deps.resourceTokens);
  const issued = kit.metrics.counter('auth_tokens_issued_total', 'Token answers by grant.', ['grant']);
  return {
    authorization,
    registrations: createRegistrations({
      ...deps,
      ...config.registration,
      directory: clientDirectory,
      verifier: secretVerifier,
      audit: deps.floodLimited({ mostOfAddress: 10, mostOfAll: 300 }),
      failures: createAddressLimiter({ attempts: 20, windowMs: 60_000, now: deps.now }),
    }),
    pushEndpoint: createPushEndpoint({
      ...deps,
      clientAuthentication,
      authorization,
      requestSources,
      pushedRequests,
      starts,
    }),
    deviceAuthorization: createDeviceAuthorizationEndpoint({
      ...deps,
      clientAuthentication,
      devices,
      starts,
    }),
    deviceVerification: createDeviceVerification({
      ...deps,
      store: deviceStore,
      attempts: createUserCodeAttempts(redis, keyspace),
      authorization,
    }),
    postedRequests: createPostedRequests(redis, keyspace),
    tokenEndpoint: createTokenEndpoint({
      clientAuthentication,
      senderConstraints: deps.senderConstraints,
      grants: createGrants({
        ...deps,
        deviceStore,
        strangersAudit: deps.floodLimited({ mostOfAddress: 10, mostOfAll: 300 }),
        tokenAudit: config.audit.tokens === 'all' ? deps.audit : undefined,
        presentedTokens: createPresentedTokens({ ...deps, directory: clientDirectory }),
        targets: createExchangeTargets(clientDirectory),
        exchangeIssuer: createExchangeIssuer({ ...deps, directory: clientDirectory }),
        convertedTokens,
        registeredAssertions: createRegisteredAssertions({ ...deps, keySets }),
      }),
      countIssued: (grantType) => issued.inc({ grant: grantType }),
    }),
    introspection: createIntrospectionEndpoint({
      ...deps,
      clientAuthentication,
      opsUsername: config.ops.username,
    }),
    revocation: createRevocationEndpoint({ ...deps, clientAuthentication }),
    userTokens,
    convertedTokens,
    userInfo: createUserInfo({
      ...deps,
      userTokens,
      directory: clientDirectory,
      showsEverything: config.compat.enabled,
    }),
    logoutEndpoint: createLogoutEndpoint({
      ...deps,
      directory: clientDirectory,
      publicUrl: config.publicUrl,
      starts,
    }),
  };
}
