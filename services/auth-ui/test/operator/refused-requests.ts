/** Sends requests that are refused, as programs and browsers do: one for each kind of refusal that an operator looks for. */

import type { BrowserContext } from 'playwright-core';
import {
  certificateSettings,
  renewWithForeignCertificate,
} from '../../../auth-api/test/stack/client-certificates.ts';
import { exchangeGrant, exchangeToken } from '../../../auth-api/test/stack/exchange.ts';
import {
  authorizeUrl,
  createClient,
  passwordTokens,
  redeem,
  type TestClient,
} from '../../../auth-api/test/stack/oauth.ts';
import type { Stage } from '../console/stage.ts';

/** Settings of Auth API without which some of the requests are refused for another reason. */
export const refusalSettings = {
  GATEHOUSE_REGISTRATION_TOKEN: 'initial-access-token-of-the-tests-00',
  ...certificateSettings,
};

export interface Credentials {
  id: string;
  secret: string;
}

type Form = Record<string, string>;
type Answered = { headers: Headers | Record<string, unknown> };
/** The words of the reason, and the request. */
type Play = [words: string, play: () => Promise<Answered>];

export type RefusedRequests = Awaited<ReturnType<typeof createRefusedRequests>>;

/** Clients that no form of the console makes are registered here. */
export async function createRefusedRequests({ publicUrl, authApi }: Stage) {
  const scope = ['openid', 'read'];
  const site = await createClient(authApi, { scope });
  const exchanger = await createClient(authApi, {
    authorizedGrantTypes: [exchangeGrant],
    tokenExchange: { subjectClients: [site.clientId] },
  });
  const bound = await createClient(authApi, { tlsClientCertificateBoundAccessTokens: true });

  const send = (path: string, { id, secret }: Credentials, form: Form, headers: Form = {}) =>
    fetch(`${publicUrl}/auth/v3/oauth/${path}`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}`, ...headers },
      body: new URLSearchParams(form),
    });

  const token = (by: Credentials, more: Form = {}, headers: Form = {}) =>
    send('token', by, { grant_type: 'client_credentials', ...more }, headers);

  /** A browser is sent by a program without a code challenge. */
  function authorize(clientId: string, redirectUri: string): Promise<Response> {
    const asked = { client_id: clientId, redirect_uri: redirectUri, response_type: 'code', scope: 'openid' };
    const address = `${publicUrl}/auth/v3/oauth/authorize?${new URLSearchParams(asked)}`;
    return fetch(address, { redirect: 'manual' });
  }

  /** The browser is signed in, so that it is sent back at once. */
  async function usedCode(browser: BrowserContext) {
    const answer = await browser.request.get(`${publicUrl}${authorizeUrl(site)}`, { maxRedirects: 0 });
    const code = new URL(answer.headers()['location'] ?? '').searchParams.get('code') ?? '';
    await redeem(authApi, site, code);
    return redeem(authApi, site, code);
  }

  async function wrongAudience() {
    const { access_token } = await passwordTokens(authApi, site, { scope: 'read' });
    return exchangeToken(authApi, exchanger, access_token, { audience: 'nobody' });
  }

  const register = () =>
    fetch(`${publicUrl}/auth/v3/oauth/register`, {
      method: 'POST',
      headers: { authorization: 'Bearer wrong', 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: ['https://new.example.com/'] }),
    });

  return {
    token,

    /** Of a web application, of a service that calls services, and of nobody. */
    plays(desk: Credentials & { redirectUri: string }, job: Credentials, browser: BrowserContext): Play[] {
      const { id, redirectUri: redirect_uri } = desk;
      const elsewhere = 'https://evil.example.com/';
      const code = { grant_type: 'authorization_code', code: 'made-up', redirect_uri };
      const pushed = { response_type: 'code', redirect_uri: elsewhere };
      const json = { 'content-type': 'application/json' };
      const wrong = { ...job, secret: 'a wrong secret' };
      return [
        ['The redirect URI is not registered', () => authorize(id, elsewhere)],
        ['The code challenge (PKCE) is missing', () => authorize(id, redirect_uri)],
        ['The redirect URI is not registered', () => send('par', desk, pushed)],
        ['The code is unknown or expired', () => token(desk, code)],
        ['The code was used before', () => usedCode(browser)],
        ['The client may not use this grant type', () => token(job, { grant_type: exchangeGrant })],
        ['The client may not have this scope', () => token(job, { scope: 'payments' })],
        ['The grant type is not known', () => token(job, { grant_type: 'magic' })],
        ['The client may not ask for this audience', wrongAudience],
        ['The client certificate is missing', () => token(credentialsOf(bound))],
        [
          'The refresh token is bound to another key or certificate',
          () => renewWithForeignCertificate(authApi),
        ],
        ['The DPoP proof is refused', () => token(job, {}, { dpop: 'made-up' })],
        ['The body has the wrong Content-Type', () => token(job, {}, json)],
        ['The secret is wrong or has expired', () => send('introspect', wrong, { token: 'made-up' })],
        ['A parameter is missing', () => send('revoke', job, {})],
        ['The registration token is missing or wrong', register],
        ['The client is not registered', () => token({ ...job, id: `nobody-${job.id}` })],
      ];
    },
  };
}

const credentialsOf = ({ clientId: id, clientSecret: secret = '' }: TestClient) => ({ id, secret });

/** What the page or the log of a refused request names, by which an operator looks for it. */
export function referenceOf({ headers }: Answered): string {
  const name = 'x-request-id';
  return String(headers instanceof Headers ? headers.get(name) : headers[name]);
}
