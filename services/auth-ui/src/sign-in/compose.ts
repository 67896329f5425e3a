/** Composes the sign-in page. */
import type { AuthApiClient } from '@gatehouse/api-client/auth-api/client';
import type { App } from '@gatehouse/service-kit/http';
import type { Interactions } from '../auth-api/interactions.ts';
import { signInRoutes } from './routes.ts';

export function composeSignIn({
  authApi,
  interactions,
  publicUrl,
}: {
  authApi: AuthApiClient;
  interactions: Interactions;
  publicUrl: string;
}) {
  return { routes: async (pages: App) => signInRoutes(pages, { authApi, interactions, publicUrl }) };
}
