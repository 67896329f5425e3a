/** Composes single sign-on: settings and keys, login through SAML and OpenID Connect, and logout at the provider. */

import type { App } from '@gatehouse/service-kit/http';
import type { CookieParts } from '../../browser/cookies/compose.ts';
import type { Interactions } from '../../browser/interactions/compose.ts';
import type { Sessions } from '../../browser/sessions/compose.ts';
import type { Assertions } from '../../core/assertions/compose.ts';
import type { Core } from '../../core/core.ts';
import type { Domain, ServicesOf } from '../../core/domain.ts';
import type { AccountParts } from '../../people/accounts/compose.ts';
import type { Activity } from '../../records/activity/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import type { Tokens } from '../../tokens/compose.ts';
import { ssoAdministrationRoutes } from './administration-routes.ts';
import { authSchemeRoutes, namedLoginRoutes } from './auth-scheme-routes.ts';
import { composeOidc } from './compose-oidc.ts';
import { composeSaml } from './compose-saml.ts';
import type { SsoSettingsParts } from './compose-settings.ts';
import { createSsoChecks } from './dry-run.ts';
import { createFlowStore } from './flow-store.ts';
import { ssoJwksRoutes } from './jwks-routes.ts';
import { reencryptSsoKeys } from './keys/reencrypt.ts';
import { createSsoKeys, ssoKeyEntity } from './keys/service.ts';
import { createSsoLogin } from './login.ts';
import { backchannelLogoutRoutes, providerLogoutRoutes } from './logout-routes.ts';
import { createSsoMetrics, observeSsoKeys } from './metrics.ts';
import { oidcCallbackRoutes } from './oidc/routes.ts';
import { createLogoutStore, createProviderLogout } from './provider-logout.ts';
import { createProviderSessionStore } from './provider-session-store.ts';
import { createProviderSessions } from './provider-sessions.ts';
import { createSsoRefusals } from './refusals.ts';
import { samlRoutes } from './saml/routes.ts';
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
  accounts: AccountParts;
  tokens: Tokens;
  cookies: CookieParts;
  sessions: Sessions;
  interactions: Interactions;
}

export type Sso = ServicesOf<typeof composeSso>;

export function composeSso(core: Core, dependencies: SsoDependencies) {
  const { kit, pool, redis, keyspace, changes, secretBox, now } = core;
  const { audit } = dependencies;
  const { singleUse } = dependencies.tokens;
  const { publicUrl, cookies, pages, postedRequests, limitStarts, limitUnfinished } = dependencies.cookies;
  const { providerKeySets: keySets } = dependencies.assertions;
  const { service: interactions, readView } = dependencies.interactions;
  const settings = dependencies.ssoSettings.service;
  const { directory: clients, serviceCallers } = dependencies.clients;
  const areInternalRoutesPublic = dependencies.config.internal.onPublicPort;
  const contactCenters = dependencies.contactCenters.service;
  const users = dependencies.accounts.service;
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
    loginNames: dependencies.accounts.loginNames,
    contactCenters,
    settings,
    users,
  });
  const flows = createFlowStore(redis, keyspace);
  const providerSessions = createProviderSessions({
    store: createProviderSessionStore(redis, keyspace),
    sessions,
    audit: audit.writer,
    now,
  });
  const saml = composeSaml(core, {
    settings,
    contactCenters,
    keys,
    flows,
    providerSessions,
    singleUse,
    metrics,
    cookies: dependencies.cookies,
  });
  const oidc = composeOidc(core, {
    settings,
    keys,
    keySets,
    flows,
    providerSessions,
    singleUse,
    cookies: dependencies.cookies,
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
        ? saml.begin(chosen, flow, loginStart)
        : { kind: 'redirect', location: await oidc.begin(chosen, flow, loginStart) },
    isRegisteredOrigin: clients.hasOrigin,
    unfinished: limitUnfinished(),
    // Behind one address there may be a whole contact centre, and its identity provider may be down.
    failures: audit.floodLimited({ maxPerAddress: 200, maxTotal: 1000 }),
    log: kit.log,
  });
  const providerLogout = createProviderLogout({
    settings,
    oidc: oidc.logout.begin,
    saml: saml.logout.begin,
    store: createLogoutStore(redis, keyspace),
    pages,
    log: kit.log,
  });
  const ssoRefusals = createSsoRefusals({
    metrics,
    audit: audit.floodLimited({ maxPerAddress: 10, maxTotal: 300 }),
  });
  const schemeQuestions = limitStarts();
  const logoutParts = { providerLogout, oidcLogout: oidc.logout, samlLogout: saml.logout, ssoRefusals };

  const services = {
    keys,
    /** Certificates of SAML providers that end before a moment. @throws Error while Redis is away */
    providerEndsBefore: saml.endsBefore,
    schemes,
    /** The provider's own logout: where the browser goes first. Never rejects. */
    startProviderLogout: providerLogout.begin,
  };
  const ssoChecks = createSsoChecks({
    contactCenters,
    settings,
    users,
    saml: saml.checks,
    oidc: oidc.checks,
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
  const callback = { oidcCallback: oidc.createCallback(login), ssoRefusals, postedRequests, publicUrl };
  const samlParts = { samlConsumer: saml.createConsumer(login), samlMetadata: saml.metadata, ssoRefusals };
  return {
    services,
    mounts: [
      ['holders of tokens', '/auth/v3', (app) => authSchemeRoutes(app, { ...questions, visitorOf })],
      ['services', '', namedRoutes],
      ['anybody', prefix, (app) => backchannelLogoutRoutes(app, logoutParts)],
      ['anybody', prefix, (app) => ssoJwksRoutes(app, { ssoKeys: keys })],
      ['operators', '/auth/v3/ops', (app) => ssoAdministrationRoutes(app, { ssoChecks, ssoKeys: keys })],
      ['browsers', prefix, (app) => ssoStartRoutes(app, { login })],
      ['browsers', '', (app) => samlRoutes(app, samlParts)],
      ['browsers', '', (app) => providerLogoutRoutes(app, logoutParts)],
      ['browsers', '', (app) => oidcCallbackRoutes(app, callback)],
    ],
    follows: { own: { [ssoKeyEntity]: reloadKeys }, ownGap: reloadKeys },
    start: [{ name: 'single-sign-on-keys', run: keys.start }],
    reencrypt: async () => ({ sealed: await reencryptSsoKeys(pool, secretBox) }),
  } satisfies Domain;
}
