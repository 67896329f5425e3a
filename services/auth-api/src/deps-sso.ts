/** Composes single sign-on on top of sessions, users and interactions. */
import { type AttemptLimiter, createAddressLimiter } from '@gatehouse/service-kit/limits/attempt-limiter';
import { createSingleUse } from '@gatehouse/service-kit/redis/single-use';
import { createKeySets } from './assertions/key-sets.ts';
import type { BaseDeps } from './deps.ts';
import type { SignInDeps } from './deps-sign-in.ts';
import type { AfterLogout } from './logout/after-logout.ts';
import { watchCertificates } from './sso/certificates.ts';
import { createSsoChecks, type SsoChecks } from './sso/check.ts';
import { createFlowStore } from './sso/flow-store.ts';
import { createJourney, type Journey } from './sso/journey.ts';
import { signedOutPath } from './sso/logout-routes.ts';
import { createLogoutStore } from './sso/logout-store.ts';
import { createSsoMetrics } from './sso/metrics.ts';
import { createOidcCallback, type OidcCallback } from './sso/oidc/callback.ts';
import { createOidcChecks } from './sso/oidc/checks.ts';
import { createRequireSignature } from './sso/oidc/id-token-signature.ts';
import { createOidcLogout, type OidcLogout } from './sso/oidc/logout.ts';
import { createOidcProviders } from './sso/oidc/provider.ts';
import { createOidcRelyingParty } from './sso/oidc/relying-party.ts';
import { createProviderLogout, type ProviderLogout } from './sso/provider-logout.ts';
import { createProviderSessionStore } from './sso/provider-session-store.ts';
import { createProviderSessions } from './sso/provider-sessions.ts';
import { createSsoRefusals, type SsoRefusals } from './sso/refusals.ts';
import { createSamlChecks } from './sso/saml/checks.ts';
import { createSamlConsumer, type SamlConsumer } from './sso/saml/consumer.ts';
import { createIdentityProviders } from './sso/saml/idp-source.ts';
import { createSamlLogout, type SamlLogout } from './sso/saml/logout.ts';
import { createSamlMetadata, type SamlMetadata } from './sso/saml/metadata.ts';
import { createMetadataStore } from './sso/saml/metadata-store.ts';
import { createBeginSaml } from './sso/saml/request.ts';
import { createResponses } from './sso/saml/response.ts';
import { createTicketStore } from './sso/saml/ticket-store.ts';

export interface SsoDeps {
  /** Bounds the questions of one address how a person signs in. */
  schemeQuestions: AttemptLimiter;
  journey: Journey;
  oidcCallback: OidcCallback;
  samlMetadata: SamlMetadata;
  samlConsumer: SamlConsumer;
  ssoChecks: SsoChecks;
  providerLogout: ProviderLogout;
  oidcLogout: OidcLogout;
  samlLogout: SamlLogout;
  ssoRefusals: SsoRefusals;
  /** As of before, by way of the identity provider where the session came from one. */
  afterLogout: AfterLogout;
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
    createAddressLimiter({ attempts: config.signIn.startsPerMinute, windowMs: 60_000, now });
  const singleUse = createSingleUse(redis, keyspace, now);
  const flows = createFlowStore(redis, keyspace);
  const metrics = createSsoMetrics(kit.metrics);
  const samlProviders = createIdentityProviders({
    ...deps,
    store: createMetadataStore(redis, keyspace),
    onCertificates: watchCertificates(metrics, kit.log, now),
  });
  const beginSaml = createBeginSaml({ ...deps, keys, providers: samlProviders });
  const providers = createOidcProviders({ ...deps, keys });
  // As young as discovery-driven libraries keep keys: one that a provider withdrew is not believed for long.
  const keySets = createKeySets({ ...deps, freshMs: 300_000 });
  const relyingParty = createOidcRelyingParty({
    ...deps,
    providers,
    requireSignature: createRequireSignature({ ...deps, keySets }),
    publicUrl: config.publicUrl,
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
    metrics,
    begin: async (chosen, flow, departing) =>
      chosen.protocol === 'saml'
        ? beginSaml(chosen, flow, departing)
        : { kind: 'redirect', location: await relyingParty.begin(chosen, flow, departing) },
    isRegisteredOrigin: clients.hasOrigin,
    starts: limiter(),
    // Behind one address there may be a whole contact centre, and its identity provider may be down.
    failures: deps.floodLimited({ mostOfAddress: 200, mostOfAll: 1000 }),
    log: kit.log,
  });
  const oidcLogout = createOidcLogout({
    ...deps,
    providers,
    settings,
    providerSessions,
    keySets,
    singleUse,
    returnUri: `${config.publicUrl}${signedOutPath}`,
  });
  const samlLogout = createSamlLogout({
    ...deps,
    settings,
    providers: samlProviders,
    providerSessions,
    keys,
    singleUse,
    arrivals: limiter(),
  });
  const providerLogout = createProviderLogout({
    settings,
    oidc: oidcLogout.begin,
    saml: samlLogout.begin,
    store: createLogoutStore(redis, keyspace),
    pages: deps.pages,
    log: kit.log,
  });
  return {
    schemeQuestions: limiter(),
    journey,
    ssoChecks: createSsoChecks({
      ...deps,
      settings,
      saml: createSamlChecks({ ...deps, providers: samlProviders, begin: beginSaml }),
      oidc: createOidcChecks({ providers, keySets, publicUrl: config.publicUrl }),
    }),
    providerLogout,
    oidcLogout,
    samlLogout,
    afterLogout: async (browser, end) => {
      const elsewhere = await providerLogout.begin(end.ended, end.target ?? deps.pages.signedOut());
      return deps.afterLogout(
        browser,
        elsewhere === undefined ? end : { ...end, target: elsewhere, byPage: true },
      );
    },
    ssoRefusals: createSsoRefusals({
      metrics,
      audit: deps.floodLimited({ mostOfAddress: 10, mostOfAll: 300 }),
    }),
    samlMetadata: createSamlMetadata({ ...deps, settings, keys, signatures: limiter() }),
    samlConsumer: createSamlConsumer({
      ...deps,
      publicUrl: config.publicUrl,
      settings,
      providers: samlProviders,
      responses: createResponses({ keys, now }),
      flows,
      tickets: createTicketStore(redis, keyspace),
      singleUse,
      journey,
      arrivals: limiter(),
    }),
    oidcCallback: createOidcCallback({ ...deps, journey, flows, relyingParty, arrivals: limiter() }),
  };
}
