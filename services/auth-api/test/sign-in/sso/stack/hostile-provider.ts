/** An OpenID Connect provider that lies where a test tells it to: discovery, keys, token answer, speed. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export interface HostileProvider {
  readonly issuer: string;
  readonly key: { privateKey: CryptoKey; publicJwk: JWK };
  /** Requests by path. */
  readonly asked: { path: string; form: Record<string, string>; authorization: string | undefined }[];
  /** Replaces parts of the next answers; empty again after `behave`. */
  lies: Lies;
  behave(): void;
  close(): Promise<void>;
}

export interface Lies {
  discovery?: Record<string, unknown>;
  /** The whole key set as text. */
  keys?: string;
  claims?: Record<string, unknown>;
  /** Makes the ID token from the claims that would be right. */
  idToken?: (claims: Record<string, unknown>) => Promise<string>;
  token?: Record<string, unknown>;
  tokenStatus?: number;
  userInfo?: Record<string, unknown>;
  /** A JWT in its place. */
  signedUserInfo?: string;
  /** Never answers. */
  silent?: boolean;
}

export async function startHostileProvider(clientId = 'gatehouse'): Promise<HostileProvider> {
  const pair = await generateKeyPair('RS256', { extractable: true });
  const publicJwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const asked: HostileProvider['asked'] = [];
  let lies: Lies = {};
  /** Part of the address of the keys: lies about them are not remembered. */
  let generation = 0;
  /** The nonce of the request that left last; a test hands it over. */
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
      const pathname = new URL(request.url ?? '/', 'http://provider').pathname.replace(
        /^\/jwks\/.*/,
        '/jwks',
      );
      asked.push({ path: pathname, form, authorization: request.headers.authorization });
      if (lies.silent) return;
      void answer(pathname, form).then(({ status = 200, type = 'application/json', text }) => {
        response.writeHead(status, { 'content-type': type });
        response.end(text);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const answer = async (
    path: string,
    form: Record<string, string>,
  ): Promise<{ status?: number; type?: string; text: string }> => {
    if (path === '/.well-known/openid-configuration') {
      return {
        text: JSON.stringify({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks/${generation}`,
          userinfo_endpoint: `${issuer}/userinfo`,
          end_session_endpoint: `${issuer}/logout`,
          id_token_signing_alg_values_supported: ['RS256'],
          ...lies.discovery,
        }),
      };
    }
    if (path === '/jwks') return { text: lies.keys ?? JSON.stringify({ keys: [publicJwk] }) };
    if (path === '/userinfo' && lies.signedUserInfo !== undefined)
      return { type: 'application/jwt', text: lies.signedUserInfo };
    if (path === '/userinfo') return { text: JSON.stringify(lies.userInfo ?? { sub: 'subject' }) };
    if (lies.tokenStatus !== undefined)
      return { status: lies.tokenStatus, text: JSON.stringify(lies.token ?? { error: 'invalid_grant' }) };
    const seconds = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuer,
      sub: 'subject',
      aud: clientId,
      iat: seconds,
      exp: seconds + 300,
      // The code of these tests is the nonce itself.
      nonce: form['code'],
      preferred_username: 'agent',
      ...lies.claims,
    };
    const idToken = await (lies.idToken?.(claims) ?? sign(claims, pair.privateKey));
    return {
      text: JSON.stringify({ access_token: 'a', token_type: 'bearer', id_token: idToken, ...lies.token }),
    };
  };

  return {
    issuer,
    key: { privateKey: pair.privateKey, publicJwk },
    asked,
    get lies() {
      return lies;
    },
    set lies(next) {
      lies = next;
    },
    behave() {
      lies = {};
      generation += 1;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A logout token of the provider (OpenID Connect Back-Channel Logout 1.0 section 2.4), signed by whoever `by` is. */
export function logoutTokenOf(
  provider: Pick<HostileProvider, 'issuer'>,
  by: Pick<HostileProvider, 'key'>,
  changes: Record<string, unknown>,
  typ = 'logout+jwt',
): Promise<string> {
  const seconds = Math.floor(Date.now() / 1000);
  const claims = {
    iss: provider.issuer,
    aud: 'gatehouse',
    iat: seconds,
    exp: seconds + 60,
    jti: `${Math.random()}`,
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    ...changes,
  };
  return sign(claims, by.key.privateKey, { typ } as never);
}

export function sign(
  claims: Record<string, unknown>,
  key: CryptoKey,
  header: { alg?: string; kid?: string } = {},
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1', ...header }).sign(key);
}
