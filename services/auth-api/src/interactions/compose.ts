/** Composes the logins that wait for their user, and the view that Auth UI reads. */
import { parseBasicCredentials } from '@gatehouse/caller-auth/credentials/basic-auth';
import { safeEqual } from '@gatehouse/service-kit/crypto/secrets';
import { unauthorized } from '@gatehouse/service-kit/errors/app-error';
import type { App } from '@gatehouse/service-kit/http/app';
import type { Secret } from '@gatehouse/service-kit/secret';
import type { BrowserParts } from '../browser/compose.ts';
import type { Core } from '../core.ts';
import type { Sessions } from '../sessions/compose.ts';
import { createFormGuard } from './form-guard.ts';
import { interactionRoutes } from './routes.ts';
import { createInteractionService } from './service.ts';
import { createInteractionStore } from './store.ts';

interface InteractionDependencies {
  config: { serviceClient: { id: string; secret: Secret } };
  browser: BrowserParts;
  sessions: Sessions;
}

export type Interactions = ReturnType<typeof composeInteractions>;

export function composeInteractions(core: Core, dependencies: InteractionDependencies) {
  const { redis, keyspace, now } = core;
  const { browser, sessions } = dependencies;
  const service = createInteractionService({
    store: createInteractionStore(redis, keyspace),
    cookies: browser.cookies,
    now,
  });
  const { id, secret } = dependencies.config.serviceClient;
  /** Recognises the services of this installation by the credentials that they share. */
  const isServiceClient = (authorization: string | undefined) =>
    parseBasicCredentials(authorization).some(({ username, password }) => {
      const isId = safeEqual(username, id);
      const isSecret = safeEqual(password, secret.reveal());
      return isId && isSecret;
    });
  return {
    service,
    formGuard: createFormGuard(service, browser.publicUrl),
    isServiceClient,
    /** Refuses everybody but the services of this installation. Call it before the routes are added. */
    guardInternal(scope: App) {
      scope.addHook('onRequest', async (request, reply) => {
        reply.header('cache-control', 'no-store');
        if (!isServiceClient(request.headers.authorization)) throw unauthorized();
      });
    },
    internalRoutes: async (app: App) =>
      interactionRoutes(app, { interactions: service, offersRemember: sessions.offersRemember }),
  };
}
