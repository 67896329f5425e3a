/** Composes single sign-on: settings and keys, login through SAML and OpenID Connect, and logout at the provider. */
import type { App } from '@gatehouse/service-kit/http';
import type { CookieParts } from '../../browser/cookies/compose.ts';
import type { Interactions } from '../../browser/interactions/compose.ts';
import type { Sessions } from '../../browser/sessions/compose.ts';
import type { Config } from '../../config.ts';
import type { Assertions } from '../../core/assertions/compose.ts';
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import type { AccountParts } from '../../people/accounts/compose.ts';
import type { Activity } from '../../records/activity/compose.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import type { ContactCenters } from '../../registry/contact-centers/compose.ts';
import type { Tokens } from '../../tokens/compose.ts';
import type { SecondStep } from '../second-step/compose.ts';
import { ssoAdministrationRoutes } from './administration-routes.ts';
import { authSchemeRoutes, namedLoginRoutes } from './auth-scheme-routes.ts';
import { composeOidc } from './compose-oidc.ts';
import { composeSaml } from './compose-saml.ts';
import type { SsoSettingsParts } from './compose-settings.ts';
import { createSsoChecks } from './dry-run.ts';
import { ssoJwksRoutes } from './jwks-routes.ts';
import { reencryptSsoKeys } from './keys/reencrypt.ts';
import { createSsoKeys, ssoKeyEntity } from './keys/service.ts';
import { createFlowStore } from './login/flow-store.ts';
import { createSsoLogin } from './login/login.ts';
import { ssoStartRoutes } from './login/start-routes.ts';
import { trialRoutes } from './login/trial-routes.ts';
import { createTrialStore } from './login/trial-store.ts';
import { createTrials } from './login/trials.ts';
import { backchannelLogoutRoutes, providerLogoutRoutes } from './logout/logout-routes.ts';
import { createLogoutStore, createProviderLogout } from './logout/provider-logout.ts';
import { createSsoMetrics } from './metrics.ts';
import { oidcCallbackRoutes } from './oidc/routes.ts';
import type { Begin } from './protocol.ts';
import { createProviderSessions } from './provider-sessions/provider-sessions.ts';
import { createProviderSessionStore } from './provider-sessions/store.ts';
import { createSsoRefusals } from './refusals.ts';
import { samlRoutes } from './saml/routes.ts';
import { createSchemes } from './scheme.ts';
import { createPublicVisitor, namedVisitor } from './visitor.ts';

interface SsoDependencies {
  config: Pick<Config, 'internal'>;
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
  secondStep: SecondStep;
  interactions: Interactions;
}

export type Sso = ServicesOf<typeof composeSso>;

export function composeSso(core: Core, dependencies: SsoDependencies) {
  const { kit, pool, redis, keyspace, secretBox, publicUrl, now, log } = core;
  const { writer: audit, floodLimited } = dependencies.audit;
  const { service: settings } = dependencies.ssoSettings;
  const { directory: clients, serviceCallers } = dependencies.clients;
  const { service: contactCenters, environmentApi } = dependencies.contactCenters;
  const { service: users, admission, loginNames } = dependencies.accounts;
  const { singleUse } = dependencies.tokens;
  const { cookies, pages, postedRequests, limitStarts, limitUnfinished } = dependencies.cookies;
  const { service: sessions } = dependencies.sessions;
  const { entrance } = dependencies.secondStep;
  const { service: interactions, readView } = dependencies.interactions;
  const metrics = createSsoMetrics(kit.metrics, dependencies.activity);
  const keys = createSsoKeys(core, audit);
  const schemes = createSchemes({ loginNames, contactCenters, settings, users });
  const flows = createFlowStore(redis, keyspace);
  const sessionStore = createProviderSessionStore(redis, keyspace);
  const providerSessions = createProviderSessions({ store: sessionStore, sessions, audit, now });
  entrance.follow(providerSessions.record);
  const parts = { settings, contactCenters, keys, flows, providerSessions, singleUse };
  const saml = composeSaml(core, parts, dependencies.cookies, metrics);
  const oidc = composeOidc(core, parts, dependencies.cookies, dependencies.assertions.providerKeySets);
  const begin: Begin = (chosen, flow, start) =>
    chosen.protocol === 'saml' ? saml.begin(chosen, flow, start) : oidc.begin(chosen, flow, start);
  const trialStore = createTrialStore(redis, keyspace);
  const common = { settings, users, environmentApi, pages, audit, flows, cookies, now, begin };
  const trials = createTrials({ ...common, contactCenters, store: trialStore });
  const login = createSsoLogin({
    ...common,
    trials,
    schemes,
    interactions,
    entrance,
    admission,
    metrics,
    clients,
    unfinished: limitUnfinished(),
    // Behind one address there may be a whole contact centre, and its identity provider may be down.
    failures: floodLimited({ maxPerAddress: 200, maxTotal: 1000 }),
    log,
  });
  const logoutBegins = { oidc: oidc.logout.begin, saml: saml.logout.begin };
  const store = createLogoutStore(redis, keyspace);
  const providerLogout = createProviderLogout({ settings, ...logoutBegins, store, pages, log });
  const ssoChecks = createSsoChecks({
    environmentApi,
    contactCenters,
    settings,
    users,
    saml: saml.checks,
    oidc: oidc.checks,
    now,
  });
  const ssoRefusals = createSsoRefusals({
    metrics,
    audit: floodLimited({ maxPerAddress: 10, maxTotal: 300 }),
  });
  const questions = { schemes, schemeQuestions: limitStarts() };
  const { onPublicPort: areInternalRoutesPublic } = dependencies.config.internal;
  const publicVisitor = createPublicVisitor({ serviceCallers, areInternalRoutesPublic });
  const namedRoutes = async (app: App) => {
    const named = { ...questions, visitorOf: namedVisitor };
    await authSchemeRoutes(app, { ...named, isInternal: true });
    namedLoginRoutes(app, { ...named, readView });
  };
  const logoutParts = { providerLogout, oidcLogout: oidc.logout, samlLogout: saml.logout, ssoRefusals };
  const callback = { oidcCallback: oidc.createCallback(login), ssoRefusals, postedRequests, publicUrl };
  const samlParts = { samlConsumer: saml.createConsumer(login), samlMetadata: saml.metadata, ssoRefusals };
  const schemeParts = { ...questions, visitorOf: publicVisitor };
  const prefix = '/auth/v3/sso';
  return {
    services: {
      keys,
      /** Certificates of SAML providers that end before a moment. @throws Error while Redis is away */
      providerEndsBefore: saml.endsBefore,
      schemes,
      /** The provider's own logout: where the browser goes first. Never rejects. */
      startProviderLogout: providerLogout.begin,
    },
    mounts: [
      ['holders of tokens', '/auth/v3', (app) => authSchemeRoutes(app, schemeParts)],
      ['services', '', namedRoutes],
      ['anybody', prefix, (app) => backchannelLogoutRoutes(app, logoutParts)],
      ['anybody', prefix, (app) => ssoJwksRoutes(app, { ssoKeys: keys })],
      ['operators', '/auth/v3/ops', (app) => ssoAdministrationRoutes(app, { ssoChecks, ssoKeys: keys })],
      ['operators', '/auth/v3/ops', (app) => trialRoutes(app, { trials, publicUrl })],
      ['browsers', prefix, (app) => ssoStartRoutes(app, { login, trials })],
      ['browsers', '', (app) => samlRoutes(app, samlParts)],
      ['browsers', '', (app) => providerLogoutRoutes(app, logoutParts)],
      ['browsers', '', (app) => oidcCallbackRoutes(app, callback)],
    ],
    follows: { own: { [ssoKeyEntity]: keys.follow }, ownGap: keys.follow },
    start: [{ name: 'single-sign-on-keys', run: keys.start }],
    reencrypt: async () => ({ sealed: await reencryptSsoKeys(pool, secretBox) }),
  } satisfies Domain;
}
