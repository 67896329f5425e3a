/** Composes the account page. */
import type { HttpClient } from '@gatehouse/api-client/http-client';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { App } from '@gatehouse/service-kit/http/app-type';
import { accountRoutes } from './routes.ts';
import { createOwnSessions } from './sessions.ts';

/** `http` must carry no credentials of its own. */
export function composeAccount({
  http,
  publicUrl,
  now,
}: {
  http: HttpClient;
  publicUrl: string;
  now: Clock;
}) {
  const ownSessions = createOwnSessions({ http, publicUrl });
  return { routes: async (pages: App) => accountRoutes(pages, { ownSessions, publicUrl, now }) };
}
