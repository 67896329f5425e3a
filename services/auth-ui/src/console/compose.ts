/** Composes the operator console from its areas. */
import type { HttpClient } from '@gatehouse/api-client/http';
import { consolePath } from '@gatehouse/contracts/auth-api';
import { forbidden } from '@gatehouse/service-kit/errors';
import type { App } from '@gatehouse/service-kit/http';
import type { OAuthSession } from '../oauth-session/compose.ts';
import { personOf } from '../oauth-session/guard.ts';
import { administratorsArea } from './administrators/routes.ts';
import { auditArea } from './audit/routes.ts';
import { brandingArea } from './branding/routes.ts';
import { clientsArea } from './clients/routes.ts';
import { contactCentersArea } from './contact-centers/routes.ts';
import { deletedArea } from './deleted/routes.ts';
import { environmentsArea } from './environments/routes.ts';
import { homeArea } from './home/routes.ts';
import { keysArea } from './keys/routes.ts';
import { locationsArea } from './locations/routes.ts';
import { notSetUpRoutes } from './not-set-up.ts';
import { openRoutes } from './open/routes.ts';
import { peopleArea } from './people/routes.ts';
import { runbooksArea } from './runbooks/routes.ts';
import { settingsArea } from './settings/routes.ts';
import type { Area } from './shell/area.ts';
import { consoleErrorHandler, noSuchPage } from './shell/errors.ts';
import { recordFormKey } from './shell/form-key.ts';
import { consoleSignInRoutes } from './shell/fresh-sign-in.ts';
import { isFor } from './shell/navigation.ts';
import { createRouteRights, type RouteRights } from './shell/route-rights.ts';
import { createShell, type Shell } from './shell/shell.ts';
import { signalReceiversArea } from './signal-receivers/routes.ts';
import { singleSignOnArea } from './single-sign-on/routes.ts';
import { transferArea } from './transfer/routes.ts';

/** In the order of the navigation. */
const areas: readonly Area[] = [
  homeArea,
  environmentsArea,
  contactCentersArea,
  singleSignOnArea,
  settingsArea,
  runbooksArea,
  brandingArea,
  locationsArea,
  peopleArea,
  clientsArea,
  auditArea,
  deletedArea,
  keysArea,
  signalReceiversArea,
  administratorsArea,
  transferArea,
];

interface ConsoleOptions {
  session: OAuthSession;
  /** Both must carry no credentials of their own. */
  authApi: HttpClient;
  /** Undefined: its address is not set, and neither is the console. */
  environmentApi: HttpClient | undefined;
  publicUrl: string;
}

export function composeConsole({ session, authApi, environmentApi, publicUrl }: ConsoleOptions) {
  if (environmentApi === undefined) return notSetUpRoutes;
  const routeRights = createRouteRights();
  const shell = createShell({ authApi, environmentApi, publicUrl, areas, routeRights });

  return async (pages: App): Promise<void> => {
    pages.setErrorHandler(consoleErrorHandler(shell, session));
    await pages.register(session.callbackRoutes);
    openRoutes(pages, { session, publicUrl });
    await pages.register(async (guarded: App) => {
      session.guard(guarded);
      guarded.addHook('preValidation', async (request) => recordFormKey(request));
      await guarded.register(session.signOutRoutes);
      consoleSignInRoutes(guarded, shell, session);
      for (const area of areas)
        await guarded.register((own: App) => mount(own, shell, routeRights, area), { prefix: area.path });
      // Guarded as well: a stranger learns no address.
      guarded.get('/*', { schema: { hide: true } }, noSuchPage);
    });
  };
}

async function mount(pages: App, shell: Shell, routeRights: RouteRights, area: Area): Promise<void> {
  routeRights.learn(pages, area);
  // Before the body is read: to take a form of megabytes apart is work, which nobody without a right may cause.
  pages.addHook('onRequest', async (request, reply) => {
    const person = personOf(request);
    if (routeRights.mayOpen(person, request.routeOptions.url ?? '')) return;
    const first = areas.find((one) => one.entry !== undefined && isFor(one, person));
    // The console begins with what a person has there.
    if (area.path === '' && first !== undefined) return reply.redirect(`${consolePath}${first.path}`, 303);
    throw forbidden('This page is for administrators');
  });
  await area.routes(pages, shell);
}
