/** Composes the logins that wait for their user, and the view that Auth UI reads. */
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import type { Factors } from '../../factors/compose.ts';
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
  factors: Pick<Factors, 'passkeys'>;
}

export type Interactions = ServicesOf<typeof composeInteractions>;

export function composeInteractions({ redis, keyspace, now }: Core, dependencies: InteractionDependencies) {
  const { cookies, publicUrl } = dependencies.cookies;
  const { offersRemember } = dependencies.sessions;
  const { views: branding } = dependencies.branding;
  const store = createInteractionStore(redis, keyspace);
  const interactions = createInteractionService({ store, cookies, now });
  const readView = createViewReader({
    interactions,
    branding,
    passkeys: dependencies.factors.passkeys.relyingParty,
    offersRemember,
  });
  return {
    services: { service: interactions, readView, formGuard: createFormGuard(interactions, publicUrl) },
    mounts: [['services', '', (app) => interactionRoutes(app, { readView })]],
  } satisfies Domain;
}
