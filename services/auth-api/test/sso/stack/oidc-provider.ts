/** A real OpenID Connect provider (oidc-provider) on loopback; whoever comes to its sign-in page is signed in as `user`. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import Provider from 'oidc-provider';

export interface RealProvider {
  issuer: string;
  /** Account that signs in next. */
  user: string;
  /** How many times somebody was asked. */
  readonly signIns: number;
  close(): Promise<void>;
}

export interface RealProviderOptions {
  clients: Record<string, unknown>[];
  jwks?: { keys: object[] };
}

export async function startRealProvider({ clients, jwks }: RealProviderOptions): Promise<RealProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const state = { user: 'agent', signIns: 0 };

  const provider = new Provider(issuer, {
    clients,
    jwks: jwks ?? { keys: [await signingKey()] },
    ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600 },
    claims: {
      openid: ['sub', 'amr'],
      profile: ['preferred_username', 'groups'],
      email: ['email', 'email_verified'],
    },
    conformIdTokenClaims: false,
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        // Nobody is asked whether they mean it.
        logoutSource: async (ctx: { body: string }, form: string) => {
          ctx.body = form.replace('</form>', '<input type="hidden" name="logout" value="yes"/></form>');
        },
      },
      backchannelLogout: { enabled: true },
    },
    cookies: { keys: ['a key of the tests'] },
    findAccount: async (_ctx: unknown, id: string) => ({
      accountId: id,
      claims: async () => ({
        sub: id,
        preferred_username: id.replace(/^subject-of-/, ''),
        email: `${id.replace(/^subject-of-/, '')}@example.com`,
        email_verified: true,
        groups: ['everybody'],
      }),
    }),
    interactions: { url: (_ctx: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    loadExistingGrant: async (ctx: {
      oidc: { provider: Provider; client: { clientId: string }; session: { accountId: string } };
    }) => {
      const { client, session } = ctx.oidc;
      const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
    fetch: (url: string, options: RequestInit) => fetch(url, { ...options, redirect: 'manual' }),
  });

  const callback = provider.callback();
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return callback(request, response);
    state.signIns += 1;
    void provider.interactionFinished(request, response, {
      login: { accountId: `subject-of-${state.user}`, amr: ['mfa'] },
    });
  });

  return {
    issuer,
    get user() {
      return state.user;
    },
    set user(name) {
      state.user = name;
    },
    get signIns() {
      return state.signIns;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function signingKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: 'first', use: 'sig', alg: 'RS256' };
}
