/** Composition of everything around people: contact centres, users, sessions, interactions, sign-in. */

import { createEnvironmentApiClient } from '@gatehouse/contracts/environment-api/client';
import { createHttpClient } from '@gatehouse/contracts/http-client';
import { createChangeSubscriber } from '@gatehouse/service-kit/changes/subscriber';
import { currentCorrelationId } from '@gatehouse/service-kit/http/correlation';
import { createAddressLimiter } from '@gatehouse/service-kit/limits/attempt-limiter';
import { duplicateRedis } from '@gatehouse/service-kit/redis/client';
import type { FollowedChanges } from './admin/environment-api-probe.ts';
import { type BrowserCookies, createBrowserCookies } from './browser/browser-cookies.ts';
import { createPages, type Pages } from './browser/pages.ts';
import type { ConsentService } from './consents/consent.ts';
import { type ConsentForms, createConsentForms } from './consents/forms.ts';
import { createConsentService } from './consents/service.ts';
import { environmentApiSource } from './contact-centers/environment-api.ts';
import { type ContactCenterService, createContactCenters } from './contact-centers/service.ts';
import { type AllowedOrigins, createAllowedOrigins } from './cors/allowed-origins.ts';
import { createStoredOrigins } from './cors/stored-origins.ts';
import type { BaseDeps } from './deps.ts';
import { createLogoutDeps, type LogoutDeps } from './deps-logout.ts';
import type { SenderDeps } from './deps-sender.ts';
import { createFormGuard } from './interactions/form-guard.ts';
import type { InteractionService } from './interactions/interaction.ts';
import { recognizeServiceClient } from './interactions/internal-caller.ts';
import { createInteractionService } from './interactions/service.ts';
import { createInteractionStore } from './interactions/store.ts';
import { createSignOutService, type SignOutService } from './logout/sign-out-service.ts';
import { type Callers, createCallers } from './sessions/caller.ts';
import { createSessionService } from './sessions/service.ts';
import type { SessionService } from './sessions/session.ts';
import { createSessionStore } from './sessions/store.ts';
import {
  type ChangePasswordService,
  createChangePasswordService,
} from './sign-in/change-password-service.ts';
import { createSignInService, type SignInService } from './sign-in/service.ts';
import { createPasswordRule, createSchemes, type Schemes } from './sso/scheme.ts';
import { createSsoSettings, type SsoSettings } from './sso/settings.ts';
import { createBackendMetrics, createDiscoveryMetrics } from './users/backend-metrics.ts';
import { connectEnvironment } from './users/connect-environment.ts';
import { createLoginNames, type LoginNames } from './users/login-name.ts';
import { createServerDiscovery } from './users/server-discovery.ts';
import { createUserService, type UserService } from './users/service.ts';

/** What a sign-in waits for at a Configuration Server. */
const tracedCalls = [
  'authenticate',
  'changePassword',
  'readPersons',
  'readAccessGroups',
  'readRoles',
  'readTenants',
] as const;

export interface SignInDeps extends LogoutDeps {
  contactCenters: ContactCenterService;
  users: UserService;
  sessions: SessionService;
  interactions: InteractionService;
  callers: Callers;
  cookies: BrowserCookies;
  ssoSettings: SsoSettings;
  schemes: Schemes;
  pages: Pages;
  /** Whether users may stay signed in on a device of their own. */
  offersRemember: boolean;
  signIn: SignInService;
  signOut: SignOutService;
  consents: ConsentService;
  consentForms: ConsentForms;
  changePassword: ChangePasswordService;
  isServiceClient: (authorization: string | undefined) => boolean;
  allowedOrigins: AllowedOrigins;
  environmentChanges: FollowedChanges;
}

export interface StartedSignIn {
  deps: SignInDeps;
  close(): Promise<void>;
}

export async function createSignInDeps(base: BaseDeps & SenderDeps): Promise<StartedSignIn> {
  const loginNames = createLoginNames(base.config.signIn.userNamePatterns);
  const environment = await followEnvironmentApi(base, loginNames);
  const { users, contactCenters, storedOrigins, ssoSettings } = environment;
  const { config, redis, keyspace, cutOffs, clientDirectory: clients, audit, now } = base;

  const offersRemember = config.sessions.rememberSeconds > 0;
  const cookies = createBrowserCookies(config.publicUrl);
  const pages = createPages(config.publicUrl);
  const logout = createLogoutDeps(base, cookies, pages);
  logout.backChannel.start();
  const sessions = createSessionService({
    store: createSessionStore(redis, keyspace),
    cookies,
    cutOffs,
    lifetimes: {
      idleMs: config.sessions.idleSeconds * 1000,
      absoluteMs: config.sessions.absoluteSeconds * 1000,
      remembered: offersRemember
        ? {
            idleMs: config.sessions.rememberIdleSeconds * 1000,
            absoluteMs: config.sessions.rememberSeconds * 1000,
          }
        : undefined,
    },
    announceEnd: logout.backChannel.announce,
    now,
  });
  const interactions = createInteractionService({
    store: createInteractionStore(redis, keyspace),
    cookies,
    now,
  });
  const callers = createCallers(sessions, base.resourceTokens);
  const consents = createConsentService(base.pool);
  const forms = {
    guard: createFormGuard(interactions, config.publicUrl),
    interactions,
    sessions,
    cookies,
    users,
    pages,
  };

  return {
    deps: {
      ...logout,
      contactCenters,
      users,
      environmentChanges: environment.changes,
      sessions,
      interactions,
      callers,
      cookies,
      ssoSettings,
      schemes: createSchemes({ loginNames, contactCenters, settings: ssoSettings, users }),
      pages,
      offersRemember,
      signIn: createSignInService({ ...forms, clients }),
      changePassword: createChangePasswordService(forms),
      consents,
      consentForms: createConsentForms({ ...forms, consents, audit }),
      signOut: createSignOutService({
        callers,
        sessions,
        clients,
        endFamily: base.families.end,
        audit,
        pendingLogouts: logout.pendingLogouts,
        pages,
        starts: createAddressLimiter({ attempts: config.signIn.startsPerMinute, windowMs: 60_000, now }),
      }),
      isServiceClient: recognizeServiceClient(config.serviceClient),
      allowedOrigins: createAllowedOrigins({ publicUrl: config.publicUrl, clients, stored: storedOrigins }),
    },
    async close() {
      await logout.backChannel.close();
      await environment.close();
    },
  };
}

/** The cached copies of environment data, the links made from them, and what keeps both up to date. */
async function followEnvironmentApi(base: BaseDeps, loginNames: LoginNames) {
  const { config, kit, redis, keyspace, secretBox, cutOffs, audit, now } = base;
  const { log, metrics } = kit;
  const http = createHttpClient({
    dependency: 'Environment API',
    baseUrl: config.environmentApi.url,
    timeoutMs: 1_000,
    authorization: base.serviceAuthorization,
    correlationId: currentCorrelationId,
  });
  const client = createEnvironmentApiClient(http);
  const contactCenters = createContactCenters({
    source: environmentApiSource(client, config.location),
    defaultDomain: config.signIn.defaultTenant,
    staleMaxSeconds: config.environmentApi.staleMaxSeconds,
    now,
    onStale: (what, key, ageMs, error) =>
      log.warn({ err: error, what, key, ageMs }, 'Environment API cannot answer: a cached copy is used'),
  });
  const storedOrigins = createStoredOrigins({
    read: (etag) => client.allowedOrigins({ etag }),
    staleMaxMs: config.environmentApi.staleMaxSeconds * 1000,
    now,
    onStale: (ageMs, error) =>
      log.warn({ err: error, ageMs }, 'Environment API cannot answer: cached CORS origins are used'),
  });
  const ssoSettings = createSsoSettings({
    client,
    location: config.location,
    staleMaxSeconds: config.environmentApi.staleMaxSeconds,
    now,
    onStale: (key, ageMs, error) =>
      log.warn(
        { err: error, key, ageMs },
        'Environment API cannot answer: cached single sign-on settings are used',
      ),
  });
  const { signIn } = config;
  const backendMetrics = createBackendMetrics(metrics);
  const discovery = createServerDiscovery({
    consul: base.consul,
    log,
    metrics: createDiscoveryMetrics(metrics),
  });
  const users = createUserService({
    contactCenters,
    connect: (environment) => {
      const backend = connectEnvironment(environment, {
        location: config.location,
        secretBox,
        discovery,
        log,
        metrics: backendMetrics,
      });
      return kit.tracing?.calls('config-server', backend, tracedCalls) ?? backend;
    },
    redis,
    keyspace,
    limits: {
      accountAttempts: signIn.accountAttempts,
      knownDeviceAttempts: signIn.knownDeviceAttempts,
      accountWindowMs: signIn.accountWindowSeconds * 1000,
      freeFailures: signIn.freeFailures,
      firstDelayMs: 1_000,
      longestDelayMs: signIn.longestDelaySeconds * 1000,
      addressAttempts: signIn.addressAttempts,
      addressWindowMs: signIn.addressWindowSeconds * 1000,
    },
    passwordRule: createPasswordRule(ssoSettings),
    loginNames,
    authorityMapping: signIn.authorityMapping,
    cutOffs,
    audit,
    throttled: base.floodLimited({ mostOfAddress: 10, mostOfAll: 300 }),
    unavailable: base.floodLimited({ mostOfAddress: 200, mostOfAll: 1000 }),
    metrics,
    log,
    now,
  });
  const latest = async () => (await client.changesSince(0, 1)).latest;
  const changes = createChangeSubscriber({
    redis: duplicateRedis(config.redis, log),
    channel: keyspace.name('changes:environment'),
    latest,
    since: async (seq) => (await client.changesSince(seq)).changes,
    onChange: (change) => {
      contactCenters.applyChange(change);
      ssoSettings.applyChange(change);
      if (change.entity === 'cors') storedOrigins.drop();
      if (change.entity !== 'environment') return;
      users
        .follow(change.id)
        .catch((error) =>
          log.warn({ err: error, environmentId: change.id }, 'an environment could not be followed'),
        );
    },
    onGap: () => {
      contactCenters.applyGap();
      ssoSettings.applyGap();
      storedOrigins.drop();
      // Which environments changed is not known: the links of all are brought up to date.
      void users.warmUp();
    },
    log,
  });
  await changes.start();
  // Not waited for: an environment that cannot be reached must not keep the service from starting.
  void users.warmUp();

  return {
    contactCenters,
    users,
    storedOrigins,
    changes: { latest, followed: () => changes.lastSeq },
    ssoSettings,
    async close() {
      changes.stop();
      await users.close();
      await discovery.close();
      await http.close();
    },
  };
}
