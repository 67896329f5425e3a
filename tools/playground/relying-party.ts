/** The playground's side of OAuth 2.0 and OpenID Connect. */

import { randomBytes } from 'node:crypto';
import oauth2, { type OAuth2Namespace, type Token } from '@fastify/oauth2';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { type Credentials, post, record, timed } from './recorded-calls.ts';
import type { Exchanged, Tokens, Visit } from './visits.ts';

declare module 'fastify' {
  interface FastifyInstance {
    gatehouse: OAuth2Namespace;
  }
}

export interface RelyingPartyOptions {
  /** Where this application is reached. */
  url: string;
  issuer: string;
  /** Where this process reaches the issuer, whose own address may be one that only browsers reach. */
  issuerOrigin: string;
  /** What is asked for at sign-in. */
  scope: string[];
  client: Credentials;
  /** A service behind the application, which exchanges users' tokens. */
  service: Credentials & { audience: string; scope: string };
}

export interface RelyingParty {
  /** Where to send the browser; leaves state and code verifier in its cookies and a nonce in the visit. */
  authorizationUrl(request: FastifyRequest, reply: FastifyReply, visit: Visit): Promise<string>;
  /** Redeems the code of the callback and checks the ID token. Throws for anything that does not fit. */
  redeem(request: FastifyRequest, reply: FastifyReply, visit: Visit): Promise<void>;
  refresh(visit: Visit): Promise<void>;
  readUserinfo(visit: Visit): Promise<void>;
  /** The service presents the user's token and gets its own for another audience with less scope. */
  exchange(visit: Visit): Promise<void>;
  /** Where to send the browser to end its session, too: the standard's endpoint, or that of the v3 API. */
  signOutUrl(visit: Visit): string;
}

interface Metadata {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  introspection_endpoint: string;
  userinfo_endpoint: string;
  end_session_endpoint?: string;
  jwks_uri: string;
}

const tokenType = 'urn:ietf:params:oauth:token-type:access_token';

/** Registers @fastify/oauth2 on the application; reads the issuer's metadata. */
export async function createRelyingParty(
  app: FastifyInstance,
  options: RelyingPartyOptions,
): Promise<RelyingParty> {
  const { issuer, issuerOrigin, client, service } = options;
  const metadata = await readMetadata(issuer, issuerOrigin);
  const authorize = new URL(metadata.authorization_endpoint);
  const token = new URL(metadata.token_endpoint);
  const jwks = createRemoteJWKSet(new URL(metadata.jwks_uri));
  await app.register(oauth2, {
    name: 'gatehouse',
    credentials: {
      client: { id: client.id, secret: client.secret },
      auth: {
        authorizeHost: authorize.origin,
        authorizePath: authorize.pathname,
        tokenHost: token.origin,
        tokenPath: token.pathname,
      },
    },
    pkce: 'S256',
    scope: options.scope,
    callbackUri: `${options.url}/callback`,
    cookie: { path: '/' },
  });

  async function accept(visit: Visit, token: Token, idToken: string): Promise<void> {
    visit.tokens = {
      accessToken: token.access_token,
      idToken,
      scope: String((token as { scope?: string }).scope ?? '')
        .split(' ')
        .filter(Boolean),
      expiresAtMs: Date.now() + Number(token.expires_in) * 1000,
      refreshToken: token.refresh_token,
    };
  }

  async function verify(idToken: string, nonce: string | undefined): Promise<Record<string, unknown>> {
    const { payload } = await jwtVerify(idToken, jwks, { issuer: metadata.issuer, audience: client.id });
    if (nonce !== undefined && payload['nonce'] !== nonce)
      throw new Error('the ID token belongs to another sign-in');
    return payload;
  }

  async function readUserinfo(visit: Visit): Promise<void> {
    const { accessToken } = tokensOf(visit);
    visit.userinfo = await record(visit, 'Who is this?', 'GET', metadata.userinfo_endpoint, () =>
      fetch(metadata.userinfo_endpoint, { headers: { authorization: `Bearer ${accessToken}` } }),
    );
  }

  return {
    async authorizationUrl(request, reply, visit) {
      visit.nonce = randomBytes(16).toString('base64url');
      const url = new URL(await app.gatehouse.generateAuthorizationUri(request, reply));
      url.searchParams.set('nonce', visit.nonce);
      return url.href;
    },

    async redeem(request, reply, visit) {
      const { iss } = request.query as { iss?: string };
      // RFC 9207: an answer of another server must not be redeemed at this one.
      if (iss !== undefined && iss !== metadata.issuer) throw new Error(`the answer comes from ${iss}`);
      const { token } = await timed(visit, 'Code for tokens', 'POST', metadata.token_endpoint, () =>
        app.gatehouse.getAccessTokenFromAuthorizationCodeFlow(request, reply),
      );
      const idToken = String(token.id_token ?? '');
      visit.claims = await verify(idToken, visit.nonce);
      delete visit.nonce;
      await accept(visit, token, idToken);
      await readUserinfo(visit);
    },

    async refresh(visit) {
      const { refreshToken, idToken } = tokensOf(visit);
      const old = { refresh_token: refreshToken ?? '', access_token: '', token_type: 'Bearer' as const };
      const { token } = await timed(visit, 'Refresh', 'POST', metadata.token_endpoint, () =>
        app.gatehouse.getNewAccessTokenUsingRefreshToken(
          { ...old, expires_in: 0, expires_at: new Date(0) },
          {},
        ),
      );
      // OpenID Connect Core 12.2: an ID token is optional here and then carries no nonce.
      if (token.id_token) visit.claims = await verify(String(token.id_token), undefined);
      await accept(visit, token, String(token.id_token ?? idToken));
    },

    readUserinfo,

    async exchange(visit) {
      const answer = await record(visit, 'Token exchange', 'POST', metadata.token_endpoint, () =>
        post(metadata.token_endpoint, service, {
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          subject_token: tokensOf(visit).accessToken,
          subject_token_type: tokenType,
          audience: service.audience,
          scope: service.scope,
        }),
      );
      const accessToken = String(answer['access_token']);
      const facts = await record(visit, 'Introspection', 'POST', metadata.introspection_endpoint, () =>
        post(metadata.introspection_endpoint, service, { token: accessToken }),
      );
      visit.exchanged = exchangedFrom(accessToken, answer, facts);
    },

    signOutUrl(visit) {
      const { end_session_endpoint: endSession } = metadata;
      const url = new URL(endSession ?? `${issuer}/sign-out`);
      url.searchParams.set('client_id', client.id);
      url.searchParams.set(endSession ? 'post_logout_redirect_uri' : 'redirectUri', `${options.url}/`);
      if (endSession && visit.tokens) url.searchParams.set('id_token_hint', visit.tokens.idToken);
      return url.href;
    },
  };
}

async function readMetadata(issuer: string, issuerOrigin: string): Promise<Metadata> {
  const reached = (url: string) => url.replace(new URL(issuer).origin, issuerOrigin);
  const response = await fetch(reached(`${issuer}/.well-known/openid-configuration`), {
    signal: AbortSignal.timeout(5000),
  });
  const metadata = (await response.json()) as Metadata;
  // OpenID Connect Discovery 4.3
  if (metadata.issuer !== issuer)
    throw new Error(`the metadata of ${issuer} names another issuer, ${metadata.issuer}`);
  return {
    ...metadata,
    token_endpoint: reached(metadata.token_endpoint),
    introspection_endpoint: reached(metadata.introspection_endpoint),
    userinfo_endpoint: reached(metadata.userinfo_endpoint),
    jwks_uri: reached(metadata.jwks_uri),
  };
}

function tokensOf(visit: Visit): Tokens {
  if (!visit.tokens) throw new Error('nobody is signed in');
  return visit.tokens;
}

function exchangedFrom(
  accessToken: string,
  answer: Record<string, unknown>,
  facts: Record<string, unknown>,
): Exchanged {
  return {
    accessToken,
    scope: String(answer['scope'] ?? '')
      .split(' ')
      .filter(Boolean),
    audience: [facts['aud'] ?? []].flat().map(String),
    expiresAtMs: Date.now() + Number(answer['expires_in']) * 1000,
    subject: String(facts['sub'] ?? ''),
  };
}
