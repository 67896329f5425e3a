/** An application that checks everything it is given, and the browser of its user: what a conformance suite plays. */
import { createHash } from 'node:crypto';
import { basicAuthorization } from '@gatehouse/api-client/http';
import { randomToken } from '@gatehouse/service-kit/crypto';
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { expect } from 'vitest';
import { type AuthApi, publicUrl } from '../stack/auth-api.ts';
import { type Answer, type Browser, createBrowser } from '../stack/browser.ts';
import { agent, readView, signIn } from '../stack/interaction.ts';
import {
  createClient,
  interactionOf,
  type OAuthAnswer,
  type OAuthJson,
  postForm,
  type TestClient,
} from '../stack/oauth.ts';
import { assertedBy, type ClientKey } from '../stack/signing-client.ts';

export const issuer = `${publicUrl}/auth/v3`;

export interface CallbackAnswer {
  fields: Record<string, string>;
  /** How many pages of ours the user saw on the way. */
  pages: string[];
}

export interface RelyingParty {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  readonly browser: Browser;
  /** Sends the browser to the authorization endpoint; the user does whatever our pages ask for. */
  authorize(parameters?: Record<string, string>, by?: 'GET' | 'POST'): Promise<CallbackAnswer>;
  /** The same where no answer may reach the application: the page that is shown instead. */
  authorizeToPage(parameters: Record<string, string>): Promise<Answer>;
  redeem(code: string, changes?: Record<string, string>): Promise<OAuthAnswer>;
  refresh(refreshToken: string): Promise<OAuthAnswer>;
  /** A whole flow with every check of a careful application. */
  signIn(parameters?: Record<string, string>, by?: 'GET' | 'POST'): Promise<SignedIn>;
  verifyIdToken(idToken: string, nonce?: string): Promise<JWTPayload>;
  userInfo(accessToken: string, how?: 'get' | 'post-header' | 'post-body'): Promise<UserInfoAnswer>;
}

export interface SignedIn extends CallbackAnswer {
  tokens: OAuthJson;
  idToken: JWTPayload;
}

export interface UserInfoAnswer {
  status: number;
  body: Record<string, unknown>;
  challenge: string | undefined;
}

export type ResponseType = 'code' | 'id_token' | 'id_token token' | 'code id_token';

export interface RelyingPartyOptions {
  responseType?: ResponseType;
  responseMode?: 'form_post';
  authentication?: 'client_secret_basic' | 'client_secret_post';
  registration?: Record<string, unknown>;
  /** One that is registered already. */
  client?: TestClient;
  /** Signs assertions instead of the `authentication` by a secret. It is read at each request: keys change. */
  key?: () => ClientKey;
}

export async function createRelyingParty(
  stack: AuthApi,
  {
    responseType = 'code',
    responseMode,
    authentication = 'client_secret_basic',
    registration = {},
    client,
    key,
  }: RelyingPartyOptions = {},
): Promise<RelyingParty> {
  const hasCode = responseType.includes('code');
  const registered =
    client ??
    (await createClient(stack, {
      redirectURIs: ['https://rp.test/callback'],
      postLogoutRedirectURIs: ['https://rp.test/post-logout'],
      authorizedGrantTypes: [
        ...(hasCode ? ['authorization_code', 'refresh_token'] : []),
        ...(responseType === 'code' ? [] : ['implicit']),
      ],
      responseTypes: [responseType],
      tokenEndpointAuthMethod: authentication,
      // The plans of OpenID Connect send no code challenge.
      requirePkce: false,
      ...registration,
    }));
  const { clientId, clientSecret = '', redirectUri } = registered;
  const browser = createBrowser(stack.app);

  function requestOf(parameters: Record<string, string>): Record<string, string> {
    const request = {
      client_id: clientId,
      redirect_uri: redirectUri,
      response_type: responseType,
      scope: 'openid',
      state: randomToken(8),
      nonce: randomToken(8),
      ...(responseMode === undefined ? {} : { response_mode: responseMode }),
      ...parameters,
    };
    return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== ''));
  }

  function begin(request: Record<string, string>, by: 'GET' | 'POST'): Promise<Answer> {
    const path = '/auth/v3/oauth/authorize';
    return by === 'GET'
      ? browser.get(`${path}?${new URLSearchParams(request)}`)
      : // From another site: the browser keeps SameSite=Lax cookies to itself.
        browser.postForm(path, request, { origin: 'https://rp.test', cookie: '' });
  }

  async function answerPage(location: string): Promise<Answer> {
    const interaction = interactionOf({ location, status: 302, body: '' });
    if (location.includes('/auth/sign-in.html')) return signIn(stack, browser, interaction, agent);
    const { csrf } = await readView(stack.app, browser, interaction);
    return browser.postForm('/auth/v3/oauth/consent', { interaction, csrf, answer: 'allowed' });
  }

  async function follow(first: Answer): Promise<CallbackAnswer> {
    const pages: string[] = [];
    let answer = first;
    for (;;) {
      const { location } = answer;
      if (location === undefined) return { fields: postedFields(answer), pages };
      const url = new URL(location);
      if (url.origin !== publicUrl) return { fields: answeredFields(url), pages };
      const isPage = url.pathname.endsWith('.html');
      if (isPage) pages.push(url.pathname);
      answer = isPage ? await answerPage(location) : await browser.get(location);
    }
  }

  /** A query of the registered address stays beside an answer in the fragment. */
  function answeredFields({ searchParams, hash }: URL): Record<string, string> {
    return Object.fromEntries([...searchParams, ...new URLSearchParams(hash.slice(1))]);
  }

  /** The form of an answer by form_post, as a browser would send it. */
  function postedFields(answer: Answer): Record<string, string> {
    expect(answer.body, answer.body).toContain(`<form method="post" action="${redirectUri}">`);
    const inputs = [...answer.body.matchAll(/name="([^"]*)" value="([^"]*)"/g)];
    return Object.fromEntries(inputs.map(([, name, value]) => [name, value]));
  }

  async function authorize(parameters: Record<string, string> = {}, by: 'GET' | 'POST' = 'GET') {
    const request = requestOf(parameters);
    const answer = await follow(await begin(request, by));
    // RFC 6749 section 4.1.2 and RFC 9207: in good answers and in bad ones.
    expect(answer.fields['state']).toBe(request['state']);
    expect(answer.fields['iss']).toBe(issuer);
    return { ...answer, nonce: request['nonce'] };
  }

  async function token(form: Record<string, string>): Promise<OAuthAnswer> {
    if (key) return postForm(stack, 'token', { ...form, ...(await assertedBy(key(), clientId)) });
    return authentication === 'client_secret_basic'
      ? postForm(stack, 'token', form, undefined, {
          authorization: basicAuthorization(clientId, clientSecret),
        })
      : postForm(stack, 'token', { ...form, client_id: clientId, client_secret: clientSecret });
  }

  const redeem: RelyingParty['redeem'] = (code, changes = {}) =>
    token({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, ...changes });

  async function verifyIdToken(idToken: string, nonce?: string): Promise<JWTPayload> {
    const keys = (await stack.app.inject('/auth/v3/oauth/jwks')).json<JSONWebKeySet>();
    const { payload, protectedHeader } = await jwtVerify(idToken, createLocalJWKSet(keys), {
      issuer,
      audience: clientId,
      requiredClaims: ['exp', 'iat', 'sub'],
    });
    expect(protectedHeader.kid).toBeTruthy();
    expect(payload['nonce']).toBe(nonce);
    return payload;
  }

  return {
    clientId,
    clientSecret,
    redirectUri,
    browser,
    authorize,
    async authorizeToPage(parameters) {
      const answer = await begin(requestOf(parameters), 'GET');
      expect(answer.location).toBeUndefined();
      return answer;
    },
    redeem,
    refresh: (refreshToken) => token({ grant_type: 'refresh_token', refresh_token: refreshToken }),
    verifyIdToken,
    async signIn(parameters, by) {
      const { nonce, ...answer } = await authorize(parameters, by);
      const { fields } = answer;
      expect(fields).not.toHaveProperty('error');
      // Core sections 3.2.2.5 and 3.3.2.5: what the response type names, and nothing else.
      expect('code' in fields).toBe(hasCode);
      expect('id_token' in fields).toBe(responseType.includes('id_token'));
      expect('access_token' in fields).toBe(responseType.endsWith(' token'));
      const first = fields['id_token'] && (await verifyIdToken(fields['id_token'], nonce));
      if (first) {
        expect(first['c_hash']).toBe(halfHash(fields['code']));
        expect(first['at_hash']).toBe(halfHash(fields['access_token']));
        if (!hasCode) return { ...answer, tokens: fields as unknown as OAuthJson, idToken: first };
      }
      const redeemed = await redeem(fields['code'] ?? '');
      expect(redeemed.status, redeemed.body).toBe(200);
      expect(redeemed.headers['cache-control']).toBe('no-store');
      const tokens = redeemed.json();
      const idToken = await verifyIdToken(tokens.id_token, nonce);
      expect(idToken['at_hash']).toBe(halfHash(tokens.access_token));
      if (first) expect([first.iss, first.sub]).toEqual([idToken.iss, idToken.sub]);
      return { ...answer, tokens, idToken };
    },
    async userInfo(accessToken, how = 'get') {
      const url = '/auth/v3/openid/userinfo';
      const bearer = { authorization: `Bearer ${accessToken}` };
      const response = await stack.app.inject(
        how === 'get'
          ? { url, headers: bearer }
          : how === 'post-header'
            ? { method: 'POST', url, headers: bearer }
            : {
                method: 'POST',
                url,
                headers: { 'content-type': 'application/x-www-form-urlencoded' },
                payload: new URLSearchParams({ access_token: accessToken }).toString(),
              },
      );
      const challenge = response.headers['www-authenticate'];
      return {
        status: response.statusCode,
        body: response.json(),
        challenge: typeof challenge === 'string' ? challenge : undefined,
      };
    },
  };
}

/** Core section 3.3.2.11, for the algorithms of SHA-256. */
function halfHash(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');
}
