/** Lists the pages of Auth UI with the clients and the session that each needs by name. No database, no Redis. */
import { createAuthApiClient } from '@gatehouse/api-client/auth-api';
import { basicAuthorization, createHttpClient } from '@gatehouse/api-client/http';
import { consoleClientId } from '@gatehouse/contracts/auth-api';
import { steadyClock as now } from '@gatehouse/service-kit/clock';
import { consoleClientSecrets, linesOf } from '@gatehouse/service-kit/crypto';
import { advisoryCheck, createHeartbeat, type Replica } from '@gatehouse/service-kit/health';
import type { Domain, Kit } from '@gatehouse/service-kit/http';
import { accountRoutes } from './account/routes.ts';
import { approvalRoutes } from './approvals/routes.ts';
import { createBrandings } from './auth-api/brandings.ts';
import { createInteractions } from './auth-api/interactions.ts';
import { authApiProbe } from './auth-api/probe.ts';
import type { Config } from './config.ts';
import { consentRoutes } from './consent/routes.ts';
import { composeConsole } from './console/compose.ts';
import { deviceRoutes } from './device/routes.ts';
import { firstPasswordRoutes } from './first-password/routes.ts';
import { createHealth } from './front-page/health.ts';
import { frontPageRoutes, healthRoutes } from './front-page/routes.ts';
import { composeOAuthSession } from './oauth-session/compose.ts';
import { passwordChangeRoutes } from './password-change/routes.ts';
import { secondStepRoutes } from './second-step/routes.ts';
import { signInRoutes } from './sign-in/routes.ts';
import { signOutRoutes } from './sign-out/routes.ts';
import { signedInRoutes } from './signed-in/routes.ts';

export type Deps = Awaited<ReturnType<typeof createDeps>>;

const dependency = 'Auth API';

export async function createDeps(config: Config, kit: Kit) {
  const { publicUrl } = config;
  const { url: baseUrl, internalUrl = baseUrl, timeoutMs } = config.authApi;
  const { id, secret } = config.serviceClient;
  const closers = new AsyncDisposableStack();
  const ownAuthorization = basicAuthorization(id, linesOf(secret.reveal())[0]);
  const authorization = async () => ownAuthorization;
  const asService = createHttpClient({ dependency, baseUrl: internalUrl, timeoutMs, authorization });
  closers.defer(() => asService.close());
  // Calls on behalf of a browser must not carry the credentials of the service.
  const asBrowser = createHttpClient({ dependency, baseUrl, timeoutMs });
  closers.defer(() => asBrowser.close());
  const consoleSecret = consoleClientSecrets(secret)[0];
  const asConsole = createHttpClient({
    dependency,
    baseUrl,
    timeoutMs,
    authorization: async () => basicAuthorization(consoleClientId, consoleSecret),
  });
  closers.defer(() => asConsole.close());
  const authApi = createAuthApiClient(asService);
  const interactions = createInteractions({ authApi, publicUrl });
  const brandings = createBrandings({ authApi, now });
  const session = composeOAuthSession({
    publicUrl,
    authApi: { url: baseUrl, timeoutMs },
    serviceSecret: secret,
    asConsole,
    asBrowser,
    now,
  });
  const environmentApi = openEnvironmentApi(config);
  closers.defer(async () => environmentApi?.close());
  const { version, log } = kit;
  const announce = async ({ instance, version: running }: Replica) =>
    authApi.announceReplica({ service: 'auth-ui', instance, version: running });
  const heartbeat = createHeartbeat({ service: 'auth-ui', version, log, announce });
  closers.defer(heartbeat.stop);
  const health = createHealth({ authApi, now });
  /** `app.ts` says where each place is and which plug-ins its pages have. */
  const pages: Domain<'front page' | 'pages'> = {
    mounts: [
      ['front page', '', (app) => frontPageRoutes(app, { health, publicUrl, links: config.frontPage })],
      ['pages', '', (app) => healthRoutes(app, { health })],
      ['pages', '', (app) => signInRoutes(app, { authApi, interactions, publicUrl })],
      ['pages', '', (app) => secondStepRoutes(app, { authApi, interactions, publicUrl })],
      ['pages', '', (app) => passwordChangeRoutes(app, { interactions })],
      ['pages', '', (app) => firstPasswordRoutes(app, { authApi })],
      ['pages', '', (app) => consentRoutes(app, { interactions, publicUrl })],
      ['pages', '/account', (app) => accountRoutes(app, { session, http: asBrowser, brandings, now })],
      ['pages', '/console', composeConsole({ session, authApi: asBrowser, environmentApi, publicUrl })],
      ['pages', '', (app) => approvalRoutes(app, { http: asBrowser, brandings, publicUrl, now })],
      ['pages', '', deviceRoutes],
      ['pages', '', (app) => signedInRoutes(app, { http: asBrowser, publicUrl })],
      ['pages', '', (app) => signOutRoutes(app, { authApi, publicUrl })],
    ],
  };
  return {
    config,
    kit,
    brandings,
    pages,
    heartbeat,
    // Pages render without Auth API, so a failure there must not make Auth UI unready.
    authApiCheck: advisoryCheck('auth-api', authApiProbe(authApi)),
    close: () => closers.disposeAsync(),
  };
}

/** Carries the token of a person; undefined without its address. */
function openEnvironmentApi({ environmentApi: { url: baseUrl }, authApi: { timeoutMs } }: Config) {
  return baseUrl === undefined
    ? undefined
    : createHttpClient({ dependency: 'Environment API', baseUrl, timeoutMs });
}
