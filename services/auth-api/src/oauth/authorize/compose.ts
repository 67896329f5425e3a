/** Composes the authorization endpoint, pushed requests and the login for a device. */
import type { Consents } from '../../browser/consents/compose.ts';
import type { CookieParts } from '../../browser/cookies/compose.ts';
import type { DeviceParts } from '../../browser/devices/compose.ts';
import type { Interactions } from '../../browser/interactions/compose.ts';
import type { Sessions } from '../../browser/sessions/compose.ts';
import type { Config } from '../../config.ts';
import type { Assertions } from '../../core/assertions/compose.ts';
import type { Core, Domain } from '../../core/domain.ts';
import type { SigningKeyParts } from '../../keys/signing-keys/compose.ts';
import type { AccountParts } from '../../people/accounts/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import type { SecondStep } from '../../sign-in/second-step/compose.ts';
import type { Sso } from '../../sign-in/sso/compose.ts';
import type { Tokens } from '../../tokens/compose.ts';
import type { ClientAuthenticationParts } from '../client-authentication/compose.ts';
import { createAdmissionControl } from './admission-control.ts';
import { createDecision } from './authorization-decision.ts';
import { createAuthorizationIssuer } from './authorization-issue.ts';
import { createAuthorizationEndpoint } from './authorize.ts';
import { authorizeRoutes } from './authorize-routes.ts';
import { createBasicAuthorize } from './basic-authorize.ts';
import { createDeviceAuthorizationEndpoint } from './device/device-authorization.ts';
import { deviceAuthorizationRoutes } from './device/device-authorization-routes.ts';
import { createDeviceVerification } from './device/device-verification.ts';
import { userCodeRoutes } from './device/user-code-routes.ts';
import { createPushEndpoint } from './push-request.ts';
import { pushRoutes } from './push-routes.ts';
import { createPushedRequests } from './pushed-requests.ts';
import { createRequestObjects } from './request-objects.ts';
import { createRequestSources } from './request-sources.ts';
import { createResponseJwt } from './response-jwt.ts';

interface AuthorizeDependencies {
  config: Pick<Config, 'authorization' | 'signIn'>;
  assertions: Assertions;
  audit: Audit;
  signingKeys: SigningKeyParts;
  clients: Clients;
  accounts: AccountParts;
  tokens: Tokens;
  cookies: CookieParts;
  sessions: Sessions;
  interactions: Interactions;
  consents: Consents;
  devices: DeviceParts;
  secondStep: SecondStep;
  sso: Sso;
  clientAuthentication: ClientAuthenticationParts;
}

export function composeAuthorize(core: Core, dependencies: AuthorizeDependencies) {
  const { issuer, isCompat, redis, keyspace, now } = core;
  const { requirePushed: requiresPushed, pushedRequestTtlSeconds: ttlSeconds } =
    dependencies.config.authorization;
  const { busyDelayMs } = dependencies.config.signIn;
  const { clientKeySets: keySets, encryptFor } = dependencies.assertions;
  const { writer: audit } = dependencies.audit;
  const { signer } = dependencies.signingKeys;
  const { directory, details, targets } = dependencies.clients;
  const { service: users, admission, contactCenterStatus } = dependencies.accounts;
  const { ids: idTokens, families, userTokenIssuer, staleRegistrationTokens } = dependencies.tokens;
  const { pages, cookies, starts, limitUnfinished, postedRequests, publicUrl } = dependencies.cookies;
  const { service: sessions } = dependencies.sessions;
  const { service: interactions, formGuard } = dependencies.interactions;
  const { service: consents } = dependencies.consents;
  const { service: devices, attempts } = dependencies.devices;
  const { entrance, situations } = dependencies.secondStep;
  const { clientAuthentication, senderConstraints } = dependencies.clientAuthentication;
  const pushedRequests = createPushedRequests({ redis, keyspace, ttlSeconds });
  const requestObjects = createRequestObjects({ issuer, keySets, now });
  const requestSources = createRequestSources({ directory, pushedRequests, requestObjects });
  const authorization = createAuthorizationEndpoint({
    issuer,
    directory,
    requestSources,
    pushedRequests,
    devices,
    requiresPushed,
    interactions,
    formGuard,
    sessions,
    audit,
    idTokens,
    details,
    targets,
    decide: createDecision({ consents, admission, situations, now }),
    pageOf: async (decision, interactionId, browser) =>
      'ask' in decision
        ? pages[decision.ask](interactionId)
        : entrance.raise(browser, decision.raise, { interactionId, demands: decision.demands }),
    issue: createAuthorizationIssuer({
      sessions,
      families,
      userTokenIssuer,
      staleRegistrationTokens,
      admission,
      contactCenterStatus,
      audit,
    }),
    responseJwt: createResponseJwt({ signer, encryptFor, now }),
    basicAuthorize: createBasicAuthorize({ users, sessions, admission, isCompat }),
    pages,
    schemes: dependencies.sso.schemes,
    now,
    starts,
    unfinished: limitUnfinished(),
    admissionControl: createAdmissionControl({ busyDelayMs }),
    hasSession: ({ request }) => cookies.readSession(request) !== undefined,
  });
  const pushEndpoint = createPushEndpoint({
    clientAuthentication,
    senderConstraints,
    authorization,
    requestSources,
    pushedRequests,
    starts,
  });
  const deviceVerification = createDeviceVerification({ devices, attempts, authorization, pages, now });
  const deviceAuthorization = createDeviceAuthorizationEndpoint({
    clientAuthentication,
    devices,
    targets,
    pages,
    starts,
  });
  const prefix = '/auth/v3/oauth';
  return {
    mounts: [
      ['holders of tokens', prefix, (app) => pushRoutes(app, { pushEndpoint })],
      ['holders of tokens', prefix, (app) => deviceAuthorizationRoutes(app, { deviceAuthorization })],
      ['browsers', prefix, (app) => userCodeRoutes(app, { deviceVerification, publicUrl })],
      ['browsers', prefix, (app) => authorizeRoutes(app, { authorization, postedRequests, publicUrl })],
    ],
  } satisfies Domain;
}
