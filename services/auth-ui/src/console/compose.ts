/** Composes the operator console from its areas. */
import type { HttpClient } from '@gatehouse/api-client/http';
import { forbidden } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import type { OAuthSession } from '../oauth-session/compose.ts';
import { personOf } from '../oauth-session/guard.ts';
import type { Domain } from '../pages/domain.ts';
import { composeAdministrators } from './administrators/compose.ts';
import { composeAudit } from './audit/compose.ts';
import { composeBranding } from './branding/compose.ts';
import { composeClients } from './clients/compose.ts';
import { composeContactCenters } from './contact-centers/compose.ts';
import { composeEnvironments } from './environments/compose.ts';
import { composeHome } from './home/compose.ts';
import { composeKeys } from './keys/compose.ts';
import { composeLocations } from './locations/compose.ts';
import { notSetUpRoutes } from './not-set-up.ts';
import { composeOpen } from './open/compose.ts';
import { composePeople } from './people/compose.ts';
import { composeRunbooks } from './runbooks/compose.ts';
import { composeSettings } from './settings/compose.ts';
import { type Area, isFor } from './shell/area.ts';
import { consoleErrorHandler, noSuchPage } from './shell/errors.ts';
import { recordFormKey } from './shell/form-key.ts';
import { signInAgainRoutes } from './shell/fresh-sign-in.ts';
import { createShell } from './shell/shell.ts';
import { composeSignalReceivers } from './signal-receivers/compose.ts';
import { singleSignOnRoutes } from './single-sign-on/routes.ts';
import { composeTransfer } from './transfer/compose.ts';

interface ConsoleOptions {
  session: OAuthSession;
  /** Both must carry no credentials of their own. */
  authApi: HttpClient;
  /** Undefined: its address is not set, and neither is the console. */
  environmentApi: HttpClient | undefined;
  publicUrl: string;
}

export function composeConsole({ session, authApi, environmentApi, publicUrl }: ConsoleOptions) {
  const mounted = (pages: (app: App) => unknown) =>
    ({ mounts: [['pages', '/console', pages]] }) satisfies Domain;
  if (environmentApi === undefined) return mounted(notSetUpRoutes);
  const open = composeOpen({ session, publicUrl });
  const shell = createShell({ authApi, environmentApi, publicUrl, areas: () => areas });
  const areas: readonly Area[] = [
    composeHome({ shell, areas: () => areas }),
    composeEnvironments({ shell }),
    composeContactCenters({ shell, tabs: [singleSignOnRoutes] }),
    composeSettings({ shell }),
    composeRunbooks({ shell }),
    composeBranding({ shell }),
    composeLocations({ shell }),
    composePeople({ shell }),
    composeClients({ shell }),
    composeAudit({ shell }),
    composeKeys({ shell }),
    composeSignalReceivers({ shell }),
    composeAdministrators({ shell }),
    composeTransfer({ shell }),
  ];

  async function routes(pages: App): Promise<void> {
    pages.setErrorHandler(consoleErrorHandler(shell, session));
    await pages.register(session.callbackRoutes);
    await pages.register(open.routes);
    await pages.register(async (guarded: App) => {
      session.guard(guarded);
      guarded.addHook('preValidation', async (request) => recordFormKey(request));
      await guarded.register(session.signOutRoutes);
      signInAgainRoutes(guarded, shell, session);
      for (const area of areas) await guarded.register((own: App) => mount(own, area), { prefix: area.path });
      // Guarded as well: a stranger learns no address.
      guarded.get('/*', { schema: { hide: true } }, noSuchPage);
    });
  }

  return mounted(routes);
}

async function mount(pages: App, { audience, routes }: Area): Promise<void> {
  // Before the body is read: to take a form of megabytes apart is work, which nobody without a right may cause.
  pages.addHook('onRequest', async (request) => {
    if (!isFor(audience, personOf(request))) throw forbidden('This page is for administrators');
  });
  await routes(pages);
}
