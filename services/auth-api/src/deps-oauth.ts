/** Composes the OAuth endpoints on top of tokens, clients, users and sessions. */
import { createAddressLimiter } from '@gatehouse/service-kit/limits/attempt-limiter';
import { createKeySets } from './assertions/key-sets.ts';
import { createDecision } from './authorize/authorization-decision.ts';
import { createAuthorizationIssuer } from './authorize/authorization-issue.ts';
import { type AuthorizationEndpoint, createAuthorizationEndpoint } from './authorize/authorize.ts';
import { createBasicAuthorize } from './authorize/basic-authorize.ts';
import {
  createDeviceAuthorizationEndpoint,
  type DeviceAuthorizationEndpoint,
} from './authorize/device-authorization.ts';
import { createDeviceVerification, type DeviceVerification } from './authorize/device-verification.ts';
import { createPushEndpoint, type PushEndpoint } from './authorize/push-request.ts';
import { createPushedRequests } from './authorize/pushed-requests.ts';
import { createRequestObjects } from './authorize/request-objects.ts';
import { createRequestSources } from './authorize/request-sources.ts';
import { createPostedRequests, type PostedRequests } from './browser/posted-requests.ts';
import { createClientAssertions } from './client-authentication/client-assertion.ts';
import { createClientAuthentication } from './client-authentication/client-authentication.ts';
import type { BaseDeps } from './deps.ts';
import type { SenderDeps } from './deps-sender.ts';
import type { SignInDeps } from './deps-sign-in.ts';
import { createUserCodeAttempts } from './devices/attempts.ts';
import { createDevices } from './devices/service.ts';
import { createDeviceStore } from './devices/store.ts';
import { createLogoutEndpoint, type LogoutEndpoint } from './logout/end-session.ts';
import { createRegistrations, type Registrations } from './registration/service.ts';
import { type ConvertedTokens, createConvertedTokens } from './token/exchange/converted-tokens.ts';
import { createExchangeIssuer } from './token/exchange/issue.ts';
import { createPresentedTokens } from './token/exchange/presented-token.ts';
import { createExchangeTargets } from './token/exchange/targets.ts';
import { createGrants } from './token/grants/index.ts';
import { createIntrospectionEndpoint, type IntrospectionEndpoint } from './token/introspect.ts';
import { createRegisteredAssertions } from './token/registered-assertions.ts';
import { createRevocationEndpoint, type RevocationEndpoint } from './token/revoke.ts';
import { createTokenEndpoint, type TokenEndpoint } from './token/token.ts';
import { createUserTokens, type UserTokens } from './userinfo/user-tokens.ts';
import { createUserInfo, type UserInfo } from './userinfo/userinfo.ts';

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
