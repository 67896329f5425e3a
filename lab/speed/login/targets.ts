/** Says how a login goes at our servers and at the peer: addresses, the application, and what people type. */
import { loginRedirectUri } from '../bench-clients.ts';
import type { BenchStack } from '../bench-stack.ts';
import type { LoginTarget } from './whole-login.ts';

/** How a login by the pages of this stack goes. */
export function targetOf(stack: BenchStack): LoginTarget {
  const { id, authorization } = stack.loginClient;
  return {
    origin: new URL(stack.publicUrl).origin,
    authorizePath: '/auth/v3/oauth/authorize',
    tokenPath: '/auth/v3/oauth/token',
    client: { id, authorization, redirectUri: loginRedirectUri },
    fields: { username: stack.user.name, password: stack.user.password, tenant: stack.user.tenant },
  };
}

/** Straight to the services: a peer has no gateway either. */
export function comparedTargetOf(stack: BenchStack): LoginTarget {
  const { services } = stack;
  const serverOf = (path: string) => services[path.startsWith('/auth/v3/') ? 'auth-api' : 'auth-ui'].url;
  return { ...targetOf(stack), serverOf };
}

export function peerTargetOf({ peer, user }: BenchStack): LoginTarget {
  return {
    origin: peer.url,
    authorizePath: '/auth',
    tokenPath: '/token',
    client: { id: 'bench', authorization: peer.authorization, redirectUri: peer.redirectUri },
    fields: { username: user.name, password: user.password },
  };
}
