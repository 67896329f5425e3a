/** The playground's side of OAuth 2.0 and OpenID Connect. */

import { randomBytes } from 'node:crypto';
import oauth2, { type FastifyOAuth2Options, type OAuth2Namespace, type Token } from '@fastify/oauth2';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { Caller } from './calls/make.ts';
import { secret } from './calls/secret.ts';
import type { Issuer } from './issuer.ts';
import type { PlaygroundOptions } from './options.ts';
import { createSignInCalls } from './sign-in-calls.ts';
import type { Asked, Exchanged, Tokens, Visit } from './visit.ts';

/** Between the clocks of this application and of the issuer. */
const clockSkewSeconds = 5;

declare module 'fastify' {
  interface FastifyInstance {
    gatehouse: OAuth2Namespace;
  }
}

export interface RelyingParty {
  /** Where to send the browser; leaves state and code verifier in its cookies and a nonce in the visit. */
  authorizationUrl(
    request: FastifyRequest,
    reply: FastifyReply,
    visit: Visit,
    asked?: Asked,
  ): Promise<string>;
  /** Redeems the code of the callback and checks the ID token. Throws for anything that does not fit. */
  redeem(request: FastifyRequest, reply: FastifyReply, visit: Visit): Promise<void>;
  refresh(visit: Visit): Promise<void>;
  readUserinfo(visit: Visit): Promise<void>;
  /** The service presents the user's token and gets its own for another audience with less scope. */
  exchange(visit: Visit): Promise<void>;
  /** Where to send the browser to end its session, too: the standard's endpoint, or that of the v3 API. */
  signOutUrl(visit: Visit): string;
}

interface RelyingPartyDependencies {
  app: FastifyInstance;
  options: PlaygroundOptions;
  issuer: Issuer;
  caller: Caller;
  reached: (url: string) => string;
}

/** Registers @fastify/oauth2 on the application. */
export async function createRelyingParty({
  app,
  options,
  issuer: metadata,
  caller,
  reached,
}: RelyingPartyDependencies): Promise<RelyingParty> {
  const { issuer, client } = options;
  const jwks = createRemoteJWKSet(new URL(reached(metadata.jwks_uri)));
  const calls = createSignInCalls(metadata, options);
  await app.register(oauth2, libraryOptions(options, metadata, reached));

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
    visit.userinfo = await caller.make(visit.calls.tokens, calls.userinfo(accessToken));
  }

  return {
    async authorizationUrl(request, reply, visit, asked) {
      visit.nonce = randomBytes(16).toString('base64url');
      if (asked === undefined) delete visit.asked;
      else visit.asked = { ...asked, atMs: Date.now() };
      const url = new URL(await app.gatehouse.generateAuthorizationUri(request, reply));
      url.searchParams.set('nonce', visit.nonce);
      for (const [name, value] of Object.entries(asked ?? {})) url.searchParams.set(name, value);
      return url.href;
    },

    async redeem(request, reply, visit) {
      const query = request.query as Record<string, string>;
      const { iss } = query;
      // RFC 9207: an answer of another server must not be redeemed at this one.
      if (iss !== undefined && iss !== metadata.issuer) throw new Error(`the answer comes from ${iss}`);
      const call = calls.code(query, request.cookies['oauth2-code-verifier'] ?? '', visit.nonce ?? '');
      const token = await caller.library(visit.calls.tokens, call, () =>
        app.gatehouse.getAccessTokenFromAuthorizationCodeFlow(request, reply),
      );
      const idToken = String(token.id_token ?? '');
      const claims = await verify(idToken, visit.nonce);
      refuseOld(claims, visit.asked);
      visit.claims = claims;
      delete visit.nonce;
      await accept(visit, token, idToken);
      await readUserinfo(visit);
    },

    async refresh(visit) {
      const { refreshToken, idToken } = tokensOf(visit);
      const old = { refresh_token: refreshToken ?? '', access_token: '', token_type: 'Bearer' as const };
      const call = calls.refresh(refreshToken ?? '');
      const token = await caller.library(visit.calls.tokens, call, () =>
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
      const userToken = secret('USER_TOKEN', tokensOf(visit).accessToken);
      const answer = await caller.make(visit.calls.tokens, calls.exchange(userToken));
      const accessToken = String(answer['access_token']);
      const facts = await caller.make(visit.calls.tokens, calls.introspection(accessToken));
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

/** PKCE and state are kept by the library, in cookies. */
function libraryOptions(
  { client, scope, url }: PlaygroundOptions,
  metadata: Issuer,
  reached: RelyingPartyDependencies['reached'],
): FastifyOAuth2Options {
  const authorize = new URL(metadata.authorization_endpoint);
  const token = new URL(reached(metadata.token_endpoint));
  return {
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
    scope,
    callbackUri: `${url}/callback`,
    cookie: { path: '/' },
  };
}

/** The request went through the browser, where somebody may have edited it (OpenID Connect Core 3.1.3.7, rule 13). */
function refuseOld({ auth_time: provedAt }: Record<string, unknown>, asked: Visit['asked']): void {
  if (asked?.max_age === undefined) return;
  const oldest = Math.floor(asked.atMs / 1000) - Number(asked.max_age) - clockSkewSeconds;
  if (typeof provedAt !== 'number' || provedAt < oldest)
    throw new Error('the sign-in is older than this application asked for');
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
