/** Composes single sign-on on top of sessions, users and interactions. */
import { type AttemptLimiter, createAttemptLimiter } from '@gatehouse/service-kit/limits/attempt-limiter';
import type { BaseDeps } from './deps.ts';
import type { SignInDeps } from './deps-sign-in.ts';
import { createFlowStore } from './sso/flow-store.ts';
import { createJourney, type Journey } from './sso/journey.ts';
import { createSsoMetrics } from './sso/metrics.ts';
import { createOidcCallback, type OidcCallback } from './sso/oidc/callback.ts';
import { createOidcProviders } from './sso/oidc/provider.ts';
import { createOidcRelyingParty } from './sso/oidc/relying-party.ts';
import { callbackPath } from './sso/oidc/routes.ts';
import { createProviderSessionStore } from './sso/provider-session-store.ts';
import { createProviderSessions } from './sso/provider-sessions.ts';

export interface SsoDeps {
  /** Bounds the questions of one address how a person signs in. */
  schemeQuestions: AttemptLimiter;
  journey: Journey;
  oidcCallback: OidcCallback;
}

export function createSsoDeps(deps: BaseDeps & SignInDeps): SsoDeps {
  const {
    config,
    kit,
    redis,
    keyspace,
    clientDirectory: clients,
    ssoKeys: keys,
    ssoSettings: settings,
    now,
  } = deps;
  const limiter = () =>
    createAttemptLimiter({ attempts: config.signIn.startsPerMinute, windowMs: 60_000, now });
  const flows = createFlowStore(redis, keyspace);
  const providers = createOidcProviders({ ...deps, keys });
  const relyingParty = createOidcRelyingParty({
    ...deps,
    providers,
    redirectUri: `${config.publicUrl}${callbackPath}`,
  });
  const providerSessions = createProviderSessions({
    ...deps,
    store: createProviderSessionStore(redis, keyspace),
  });
  const journey = createJourney({
    ...deps,
    settings,
    flows,
    clients,
    providerSessions,
    metrics: createSsoMetrics(kit.metrics),
    begin: async (chosen, flow, departing) => ({
      kind: 'redirect',
      location: await relyingParty.begin(chosen as never, flow, departing),
    }),
    starts: limiter(),
  });
  return {
    schemeQuestions: limiter(),
    journey,
    oidcCallback: createOidcCallback({ ...deps, journey, flows, relyingParty, arrivals: limiter() }),
  };
}
