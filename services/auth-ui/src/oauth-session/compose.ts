/** Composes the session of the console and the account area. */
import type { HttpClient } from '@gatehouse/api-client/http';
import type { Clock } from '@gatehouse/service-kit/clock';
import { consoleKeys, type Secret } from '@gatehouse/service-kit/crypto';
import { createAuthorizationServer } from './authorization-server.ts';
import { createGuard } from './guard.ts';
import { createHeldForms } from './held-forms.ts';
import { createLinkSignIn } from './link.ts';
import { createSeal } from './seal.ts';
import { createSessionCookie } from './session.ts';
import { createSessions } from './sessions.ts';
import { createSignIn } from './sign-in.ts';
import { createSignInStates } from './sign-in-state.ts';
import { createSignOut } from './sign-out.ts';

interface OAuthSessionOptions {
  publicUrl: string;
  authApi: { url: string; timeoutMs: number };
  /** Of the service client: what the console needs is derived from it. */
  serviceSecret: Secret;
  /** Authenticates as the console's client. */
  asConsole: HttpClient;
  /** Must carry no credentials of its own. */
  asBrowser: HttpClient;
  now: Clock;
}

export type OAuthSession = ReturnType<typeof composeOAuthSession>;

export function composeOAuthSession(options: OAuthSessionOptions) {
  const { publicUrl, authApi, serviceSecret, asConsole, asBrowser, now } = options;
  const states = createSignInStates({
    seal: createSeal(consoleKeys(serviceSecret, 'sign-in state')),
    publicUrl,
    now,
  });
  const server = createAuthorizationServer({
    publicUrl,
    authApiUrl: authApi.url,
    timeoutMs: authApi.timeoutMs,
    serviceSecret,
    asConsole,
    binding: states.binding,
  });
  const cookie = createSessionCookie({
    seal: createSeal(consoleKeys(serviceSecret, 'session cookie')),
    publicUrl,
  });
  const sessions = createSessions({ server, cookie, now });
  const signIn = createSignIn({ server, sessions, states, publicUrl });
  const heldForms = createHeldForms({ seal: createSeal(consoleKeys(serviceSecret, 'held form')), now });
  const signOut = createSignOut({ server, sessions, asBrowser, publicUrl });
  return {
    callbackRoutes: signIn.callbackRoutes,
    signOutRoutes: signOut.routes,
    heldForms,
    /** Asks for the password, or the identity provider, where the last sign-in is older. */
    signInAgain: signIn.start,
    ...createGuard({ sessions, signIn, heldForms, publicUrl, now }),
    ...createLinkSignIn({ server, sessions }),
  };
}
