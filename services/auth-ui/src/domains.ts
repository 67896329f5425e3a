/** The domains of Auth UI, each with the clients and the session that it needs by name. No database, no Redis. */
import { createAuthApiClient } from '@gatehouse/api-client/auth-api';
import { basicAuthorization, createHttpClient } from '@gatehouse/api-client/http';
import { consoleClientId } from '@gatehouse/contracts/auth-api';
import { steadyClock } from '@gatehouse/service-kit/clock';
import { consoleClientSecrets, linesOf } from '@gatehouse/service-kit/crypto';
import { advisoryCheck } from '@gatehouse/service-kit/health';
import type { Kit } from '@gatehouse/service-kit/http';
import { composeAccount } from './account/compose.ts';
import { composeApprovals } from './approvals/compose.ts';
import { createBrandings } from './auth-api/brandings.ts';
import { createInteractions } from './auth-api/interactions.ts';
import { authApiProbe } from './auth-api/probe.ts';
import type { Config } from './config.ts';
import { composeConsent } from './consent/compose.ts';
import { composeConsole } from './console/compose.ts';
import { composeDevice } from './device/compose.ts';
import { composeFirstPassword } from './first-password/compose.ts';
import { composeFrontPage } from './front-page/compose.ts';
import { composeOAuthSession } from './oauth-session/compose.ts';
import type { Domain } from './pages/domain.ts';
import { composePasswordChange } from './password-change/compose.ts';
import { composeSignIn } from './sign-in/compose.ts';
import { composeSignOut } from './sign-out/compose.ts';
import { composeSignedIn } from './signed-in/compose.ts';

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
  const brandings = createBrandings({ authApi, now: steadyClock });
  const session = composeOAuthSession({
    publicUrl,
    authApi: { url: baseUrl, timeoutMs },
    serviceSecret: secret,
    asConsole,
    asBrowser,
    now: steadyClock,
  });
  const environmentApi = openEnvironmentApi(config);
  closers.defer(async () => environmentApi?.close());
  const domains: Domain[] = [
    composeFrontPage({ authApi, now: steadyClock, publicUrl, links: config.frontPage }),
    composeSignIn({ authApi, interactions, publicUrl }),
    composePasswordChange({ interactions }),
    composeFirstPassword({ authApi }),
    composeConsent({ interactions, publicUrl }),
    composeAccount({ session, http: asBrowser, brandings, now: steadyClock }),
    composeConsole({ session, authApi: asBrowser, environmentApi, publicUrl }),
    composeApprovals({ http: asBrowser, brandings, publicUrl, now: steadyClock }),
    composeDevice(),
    composeSignedIn({ http: asBrowser, publicUrl }),
    composeSignOut({ authApi, publicUrl }),
  ];
  return {
    config,
    kit,
    brandings,
    domains,
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
