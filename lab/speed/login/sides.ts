/** The two sides of a comparison of logins: our servers and the peer, each with its driver and two applications. */
import { loginRedirectUri } from '../bench-clients.ts';
import type { BenchStack } from '../bench-stack.ts';
import { createLoginDriver, type LoginClient, type LoginDriver, type LoginTarget } from './whole-login.ts';

export interface Side {
  driver: LoginDriver;
  second: LoginClient;
  /** Of the servers that serve a login, by name. */
  servers: Readonly<Record<string, number>>;
}

/** Three attempts on one account are made at once; further ones would wait for their answers. */
export const concurrency = 3;

export function sidesOf(stack: BenchStack): { ours: Side; theirs: Side } {
  const { peer, secondLoginClient, services } = stack;
  return {
    ours: {
      driver: createLoginDriver(comparedTargetOf(stack), concurrency),
      second: { ...secondLoginClient, redirectUri: loginRedirectUri },
      servers: { 'Auth API': services['auth-api'].pid, 'Auth UI': services['auth-ui'].pid },
    },
    theirs: {
      driver: createLoginDriver(peerTargetOf(stack), concurrency),
      second: { ...peer.second, redirectUri: peer.redirectUri },
      servers: { 'oidc-provider': peer.pid },
    },
  };
}

/** Straight to the services: a peer has no gateway either. */
export function comparedTargetOf(stack: BenchStack): LoginTarget {
  const { services } = stack;
  const serverOf = (path: string) => services[path.startsWith('/auth/v3/') ? 'auth-api' : 'auth-ui'].url;
  return { ...targetOf(stack), serverOf };
}

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

export function peerTargetOf({ peer, user }: BenchStack): LoginTarget {
  return {
    origin: peer.url,
    authorizePath: '/auth',
    tokenPath: '/token',
    client: { id: 'bench', authorization: peer.authorization, redirectUri: peer.redirectUri },
    fields: { username: user.name, password: user.password },
  };
}
