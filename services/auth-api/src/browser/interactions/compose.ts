/** Composes the logins that wait for their user, and the view that Auth UI reads. */

import type { Core } from '../../core/core.ts';
import type { Domain, ServicesOf } from '../../core/domain.ts';
import type { Branding } from '../../registry/branding/compose.ts';
import type { CookieParts } from '../cookies/compose.ts';
import type { Sessions } from '../sessions/compose.ts';
import { createFormGuard } from './form-guard.ts';
import { interactionRoutes } from './routes.ts';
import { createInteractionService } from './service.ts';
import { createInteractionStore } from './store.ts';
import { createViewReader } from './view.ts';

interface InteractionDependencies {
  cookies: CookieParts;
  sessions: Sessions;
  branding: Branding;
}

export type Interactions = ServicesOf<typeof composeInteractions>;

export function composeInteractions(core: Core, dependencies: InteractionDependencies) {
  const { redis, keyspace, now } = core;
  const { cookies, sessions, branding } = dependencies;
  const service = createInteractionService({
    store: createInteractionStore(redis, keyspace),
    cookies: cookies.cookies,
    now,
  });
  const readView = createViewReader({
    interactions: service,
    branding: branding.views,
    offersRemember: sessions.offersRemember,
  });
  return {
    services: { service, readView, formGuard: createFormGuard(service, cookies.publicUrl) },
    mounts: [['services', '', (app) => interactionRoutes(app, { readView })]],
  } satisfies Domain;
}
