/** What the pages stand on: one client of Auth API, the files of the design. No database, no Redis. */
import { createAuthApiClient } from '@gatehouse/contracts/auth-api/client';
import { basicAuthorization, createHttpClient } from '@gatehouse/contracts/http-client';
import type { Kit } from '@gatehouse/service-kit/http/run';
import { createOwnSessions } from './account/sessions.ts';
import type { Config } from './config.ts';
import { loadAssets } from './design/assets.ts';
import { createSessionCheck } from './signed-in/session-check.ts';

export type Deps = Awaited<ReturnType<typeof createDeps>>;

const dependency = 'Auth API';

export async function createDeps(config: Config, kit: Kit) {
  const { url: baseUrl, timeoutMs } = config.authApi;
  const { id, secret } = config.serviceClient;
  const authorization = () => basicAuthorization(id, secret.reveal());
  const asService = createHttpClient({ dependency, baseUrl, timeoutMs, authorization });
  // Asks on behalf of a browser, so the service's own credentials must not go along.
  const asBrowser = createHttpClient({ dependency, baseUrl, timeoutMs });
  return {
    config,
    kit,
    authApi: createAuthApiClient(asService),
    ownSessions: createOwnSessions(asBrowser, config.publicUrl),
    isSignedIn: createSessionCheck(asBrowser, config.publicUrl),
    assets: loadAssets(),
    async close() {
      await Promise.all([asService.close(), asBrowser.close()]);
    },
  };
}
