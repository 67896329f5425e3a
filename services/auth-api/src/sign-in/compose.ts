/** Composes login by password and the change of a password. */
import type { App } from '@gatehouse/service-kit/http/app';
import type { BrowserParts } from '../browser/compose.ts';
import type { Clients } from '../clients/compose.ts';
import type { Interactions } from '../interactions/compose.ts';
import type { Sessions } from '../sessions/compose.ts';
import type { Users } from '../users/compose.ts';
import { changePasswordRoutes } from './change-password-routes.ts';
import { createChangePasswordService } from './change-password-service.ts';
import { signInRoutes } from './routes.ts';
import { createSignInService } from './service.ts';

interface SignInDependencies {
  clients: Clients;
  users: Users;
  browser: BrowserParts;
  sessions: Sessions;
  interactions: Interactions;
}

export function composeSignIn({ clients, users, browser, sessions, interactions }: SignInDependencies) {
  const { cookies, pages, publicUrl } = browser;
  const forms = {
    guard: interactions.formGuard,
    interactions: interactions.service,
    sessions: sessions.service,
    cookies,
    users: users.service,
    pages,
  };
  const signIn = createSignInService({ ...forms, clients: clients.directory });
  const changePassword = createChangePasswordService(forms);
  return {
    routes: (app: App) => signInRoutes(app, { signIn }),
    changePasswordRoutes: (app: App) =>
      changePasswordRoutes(app, { changePassword, callers: sessions.callers, publicUrl }),
  };
}
