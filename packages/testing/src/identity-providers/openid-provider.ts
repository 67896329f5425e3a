/** A real OpenID Connect provider (oidc-provider) on loopback. */
/// <reference path="./untyped-packages.d.ts" />
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import Provider from 'oidc-provider';
import { readForm, signInPage } from './sign-in-page.ts';

export interface OpenIdProvider {
  readonly issuer: string;
  /** Account that signs in next, unless a page asks. */
  user: string;
  /** How many times a person was asked to sign in. */
  readonly signIns: number;
  /** From now on the key that was published beside the other signs, and the other is forgotten. */
  rollOver(): Promise<void>;
  close(): Promise<void>;
}

export interface OpenIdProviderOptions {
  clients: Record<string, unknown>[];
  /** Asks by a page; otherwise `user` is signed in. */
  asksByPage?: boolean;
}

const interactionPath = '/interaction/';

export async function startOpenIdProvider(options: OpenIdProviderOptions): Promise<OpenIdProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Another name than that of the public host: for a browser another site.
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const state = { user: 'agent', signIns: 0 };
  let keys = [await signingKey('first'), await signingKey('second')];
  // Sessions outlive it: the library keeps them for the whole process.
  let provider = create(issuer, options, keys);

  const interact = async (request: IncomingMessage, response: ServerResponse) => {
    if (options.asksByPage && request.method === 'GET') {
      response.setHeader('content-type', 'text/html').end(signInPage(request.url ?? ''));
      return;
    }
    if (options.asksByPage) state.user = (await readForm(request)).get('user') ?? '';
    state.signIns += 1;
    await provider.interactionFinished(request, response, {
      login: { accountId: `subject-of-${state.user}`, amr: ['mfa'] },
    });
  };
  server.on('request', (request, response) => {
    if (request.url?.startsWith(interactionPath)) void interact(request, response);
    else provider.callback()(request, response);
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
    async rollOver() {
      keys = [...keys.slice(1), await signingKey(`key-${Date.now()}`)];
      provider = create(issuer, options, keys);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function create(issuer: string, { clients }: OpenIdProviderOptions, keys: JWK[]): Provider {
  return new Provider(issuer, {
    clients,
    jwks: { keys },
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
        // The page posts itself: signing out needs no confirmation.
        logoutSource: async (ctx: { body: string }, form: string) => {
          const yes =
            '<input type="hidden" name="logout" value="yes"/></form><script>document.forms[0].submit()</script>';
          ctx.body = form.replace('</form>', yes);
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
    interactions: { url: (_ctx: unknown, { uid }: { uid: string }) => `${interactionPath}${uid}` },
    loadExistingGrant: async (ctx: {
      oidc: { provider: Provider; client: { clientId: string }; session: { accountId: string } };
    }) => {
      const { client, session } = ctx.oidc;
      const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
    // Without its guard against addresses of this machine.
    fetch: (url: string, { dispatcher: _dispatcher, ...init }: RequestInit & { dispatcher?: unknown }) =>
      fetch(url, { ...init, redirect: 'manual' }),
  });
}

async function signingKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, use: 'sig', alg: 'RS256' };
}
