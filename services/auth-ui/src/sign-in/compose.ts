/** Composes the sign-in page. */
import type { AuthApiClient } from '@gatehouse/api-client/auth-api';
import type { Interactions } from '../auth-api/interactions.ts';
import type { Domain } from '../pages/domain.ts';
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
  return {
    mounts: [
      ['pages', '/sign-in.html', (pages) => signInRoutes(pages, { authApi, interactions, publicUrl })],
    ],
  } satisfies Domain;
}
