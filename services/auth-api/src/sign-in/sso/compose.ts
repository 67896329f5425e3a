/** Composes single sign-on: settings and keys, login through SAML and OpenID Connect, and logout at the provider. */

import type { App } from '@gatehouse/service-kit/http';
import type { BrowserParts } from '../../browser/cookies/compose.ts';
import type { Interactions } from '../../browser/interactions/compose.ts';
import type { Sessions } from '../../browser/sessions/compose.ts';
import type { Assertions } from '../../core/assertions/compose.ts';
import type { Core } from '../../core/core.ts';
import type { Domain, ServicesOf } from '../../core/domain.ts';
import type { Users } from '../../people/accounts/compose.ts';
import type { Activity } from '../../records/activity/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import type { Tokens } from '../../tokens/compose.ts';
import { ssoAdministrationRoutes } from './administration-routes.ts';
import { authSchemeRoutes, namedLoginRoutes } from './auth-scheme-routes.ts';
import type { SsoSettingsParts } from './compose-settings.ts';
import { createSsoChecks } from './dry-run.ts';
import { createFlowStore } from './flow-store.ts';
import { ssoJwksRoutes } from './jwks-routes.ts';
import { reencryptSsoKeys } from './keys/reencrypt.ts';
import { createSsoKeys, ssoKeyEntity } from './keys/service.ts';
import { createSsoLogin } from './login.ts';
import { backchannelLogoutRoutes, providerLogoutRoutes, signedOutPath } from './logout-routes.ts';
import { createSsoMetrics, observeSsoKeys } from './metrics.ts';
import { createOidcCallback } from './oidc/callback.ts';
import { createOidcChecks } from './oidc/dry-run.ts';
import { createRequireSignature } from './oidc/id-token-signature.ts';
import { createOidcLogout } from './oidc/logout.ts';
import { createOidcProviders } from './oidc/provider.ts';
import { createOidcRelyingParty } from './oidc/relying-party.ts';
import { oidcCallbackRoutes } from './oidc/routes.ts';
import { createLogoutStore, createProviderLogout } from './provider-logout.ts';
import { createProviderSessionStore } from './provider-session-store.ts';
import { createProviderSessions } from './provider-sessions.ts';
import { createSsoRefusals } from './refusals.ts';
import { createSamlConsumer } from './saml/consumer.ts';
import { createSamlChecks } from './saml/dry-run.ts';
import { createSamlLogout } from './saml/logout.ts';
import { createSamlMetadata } from './saml/metadata.ts';
import { createBeginSaml } from './saml/request.ts';
import { createResponses } from './saml/response.ts';
import { samlRoutes } from './saml/routes.ts';
import { createTicketStore } from './saml/ticket-store.ts';
import { createWatchedProviders } from './saml/watched-providers.ts';
import { createSchemes } from './scheme.ts';
import { ssoStartRoutes } from './start-routes.ts';
import { createPublicVisitor, namedVisitor } from './visitor.ts';

interface SsoDependencies {
  config: { internal: { onPublicPort: boolean } };
  ssoSettings: SsoSettingsParts;
  activity: Activity;
  assertions: Assertions;
  audit: Audit;
  clients: Clients;
  contactCenters: ContactCenters;
  users: Users;
  tokens: Tokens;
  browser: BrowserParts;
  sessions: Sessions;
  interactions: Interactions;
}

export type Sso = ServicesOf<typeof composeSso>;

export function composeSso(core: Core, dependencies: SsoDependencies) {
  const { issuer, kit, pool, redis, keyspace, changes, secretBox, outbound, now } = core;
  const { audit } = dependencies;
  const { singleUse } = dependencies.tokens;
  const { publicUrl, cookies, pages, limitStarts, limitUnfinished } = dependencies.browser;
  const { providerKeySets: keySets } = dependencies.assertions;
  const { service: interactions, readView } = dependencies.interactions;
  const settings = dependencies.ssoSettings.service;
  const { directory: clients, serviceCallers } = dependencies.clients;
  const areInternalRoutesPublic = dependencies.config.internal.onPublicPort;
  const contactCenters = dependencies.contactCenters.service;
  const users = dependencies.users.service;
  const sessions = dependencies.sessions.service;

  const metrics = createSsoMetrics(kit.metrics, dependencies.activity);
  const keys = createSsoKeys({
    pool,
    changes,
    secretBox,
    audit: audit.writer,
    host: new URL(publicUrl).hostname,
    now,
    onLoaded: observeSsoKeys(kit.metrics),
  });
  const schemes = createSchemes({
    loginNames: dependencies.users.loginNames,
    contactCenters,
    settings,
    users,
  });
  const flows = createFlowStore(redis, keyspace);
  const { providers: samlProviders, endsBefore } = createWatchedProviders(core, { settings, metrics });
  const beginSaml = createBeginSaml({ issuer, keys, providers: samlProviders });
  const oidcProviders = createOidcProviders({ outbound, secretBox, keys, now });
  const relyingParty = createOidcRelyingParty({
    providers: oidcProviders,
    requireSignature: createRequireSignature({ keySets, now }),
    publicUrl,
    secretBox,
  });
  const providerSessions = createProviderSessions({
    store: createProviderSessionStore(redis, keyspace),
    sessions,
    audit: audit.writer,
    now,
  });
  const login = createSsoLogin({
    schemes,
    settings,
    interactions,
    users,
    sessions,
    providerSessions,
    pages,
    audit: audit.writer,
    metrics,
    flows,
    clients,
    cookies,
    now,
    begin: async (chosen, flow, loginStart) =>
      chosen.protocol === 'saml'
        ? beginSaml(chosen, flow, loginStart)
        : { kind: 'redirect', location: await relyingParty.begin(chosen, flow, loginStart) },
    isRegisteredOrigin: clients.hasOrigin,
    unfinished: limitUnfinished(),
    // Behind one address there may be a whole contact centre, and its identity provider may be down.
    failures: audit.floodLimited({ maxPerAddress: 200, maxTotal: 1000 }),
    log: kit.log,
  });
  const oidcLogout = createOidcLogout({
    providers: oidcProviders,
    settings,
    providerSessions,
    keySets,
    singleUse,
    secretBox,
    returnUri: `${publicUrl}${signedOutPath}`,
    now,
  });
  const samlLogout = createSamlLogout({
    issuer,
    settings,
    contactCenters,
    providers: samlProviders,
    providerSessions,
    keys,
    singleUse,
    answers: limitStarts(),
    now,
  });
  const providerLogout = createProviderLogout({
    settings,
    oidc: oidcLogout.begin,
    saml: samlLogout.begin,
    store: createLogoutStore(redis, keyspace),
    pages,
    log: kit.log,
  });
  const samlMetadata = createSamlMetadata({
    issuer,
    contactCenters,
    settings,
    keys,
    signatures: limitStarts(),
  });
  const samlConsumer = createSamlConsumer({
    issuer,
    publicUrl,
    settings,
    contactCenters,
    providers: samlProviders,
    responses: createResponses({ keys, now }),
    flows,
    tickets: createTicketStore(redis, keyspace),
    singleUse,
    login,
    cookies,
    answers: limitUnfinished(),
  });
  const oidcCallback = createOidcCallback({
    login,
    flows,
    cookies,
    relyingParty,
    answers: limitUnfinished(),
  });
  const ssoRefusals = createSsoRefusals({
    metrics,
    audit: audit.floodLimited({ maxPerAddress: 10, maxTotal: 300 }),
  });
  const schemeQuestions = limitStarts();
  const logoutParts = { providerLogout, oidcLogout, samlLogout, ssoRefusals };

  const services = {
    keys,
    /** Certificates of SAML providers that end before a moment. @throws Error while Redis is away */
    providerEndsBefore: endsBefore,
    schemes,
    /** The provider's own logout: where the browser goes first. Never rejects. */
    startProviderLogout: providerLogout.begin,
  };
  const ssoChecks = createSsoChecks({
    contactCenters,
    settings,
    users,
    saml: createSamlChecks({ issuer, providers: samlProviders, begin: beginSaml, now }),
    oidc: createOidcChecks({ providers: oidcProviders, keySets, publicUrl }),
    now,
  });
  const reloadKeys = () => {
    keys
      .reload()
      .catch((error) => kit.log.warn({ err: error }, 'the keys of single sign-on could not be read again'));
  };
  const prefix = '/auth/v3/sso';
  const questions = { schemes, schemeQuestions };
  const namedRoutes = async (app: App) => {
    const named = { ...questions, visitorOf: namedVisitor };
    await authSchemeRoutes(app, { ...named, isInternal: true });
    namedLoginRoutes(app, { ...named, readView });
  };
  const visitorOf = createPublicVisitor({ serviceCallers, areInternalRoutesPublic });
  const { postedRequests } = dependencies.browser;
  const callback = { oidcCallback, ssoRefusals, postedRequests, publicUrl };
  return {
    services,
    mounts: [
      ['holders of tokens', '/auth/v3', (app) => authSchemeRoutes(app, { ...questions, visitorOf })],
      ['services', '', namedRoutes],
      ['anybody', prefix, (app) => backchannelLogoutRoutes(app, logoutParts)],
      ['anybody', prefix, (app) => ssoJwksRoutes(app, { ssoKeys: keys })],
      ['operators', '/auth/v3/ops', (app) => ssoAdministrationRoutes(app, { ssoChecks, ssoKeys: keys })],
      ['browsers', prefix, (app) => ssoStartRoutes(app, { login })],
      ['browsers', '', (app) => samlRoutes(app, { samlConsumer, samlMetadata, ssoRefusals })],
      ['browsers', '', (app) => providerLogoutRoutes(app, logoutParts)],
      ['browsers', '', (app) => oidcCallbackRoutes(app, callback)],
    ],
    follows: { own: { [ssoKeyEntity]: reloadKeys }, ownGap: reloadKeys },
    start: [{ name: 'single-sign-on-keys', run: keys.start }],
    reencrypt: async () => ({ sealed: await reencryptSsoKeys(pool, secretBox) }),
  } satisfies Domain;
}
