/** Sessions, codes and logins that a browser carries from one release to the other. */
import { createHash, randomBytes } from 'node:crypto';
import { type Browser, createBrowser, type Page } from '../browser.ts';
import { agent, type Calls, clientId, redirectUri } from './calls.ts';
import { type Exchange, exchange, right, type Side, text } from './exchange.ts';

const typed = { username: agent.username, tenant: agent.tenant, password: agent.password };

export function loginExchanges({ application, token }: Calls, publicUrl: string): Exchange[] {
  const verifier = randomBytes(32).toString('base64url');
  const request = {
    ...{ client_id: clientId, response_type: 'code', redirect_uri: redirectUri, scope: 'openid', state: 'x' },
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  };
  const authorize = (parameters: Record<string, string>) =>
    `/auth/v3/oauth/authorize?${new URLSearchParams(parameters)}`;
  const signIn = async ({ addresses }: Side) => {
    const browser = createBrowser(publicUrl);
    return { browser, code: codeIn(await browser.walk(addresses, authorize(request), typed, redirectUri)) };
  };
  return [
    exchange(
      'authorization code',
      async (at) => (await signIn(at)).code,
      async (at, code) => {
        const form = {
          grant_type: 'authorization_code',
          code,
          redirect_uri: redirectUri,
          code_verifier: verifier,
        };
        text(right(await token(at, form))['id_token']);
      },
    ),
    exchange(
      'session',
      async (at) => (await signIn(at)).browser,
      async ({ addresses }, browser) =>
        codeIn(await browser.walk(addresses, authorize({ ...request, prompt: 'none' }), {}, redirectUri)),
    ),
    exchange(
      'login that has only begun',
      async ({ addresses }): Promise<[Browser, Page]> => {
        const browser = createBrowser(publicUrl);
        const { password: _, ...name } = typed;
        return [browser, await browser.walk(addresses, authorize(request), name, redirectUri)];
      },
      async ({ addresses }, [browser, page]) =>
        codeIn(await browser.walk(addresses, page, { password: agent.password }, redirectUri)),
    ),
    exchange(
      'pushed authorization request',
      async ({ http }) =>
        text(
          right(await http('/auth/v3/oauth/par', { authorization: application, form: request }))[
            'request_uri'
          ],
        ),
      async ({ addresses }, pushed) => {
        const from = authorize({ client_id: clientId, request_uri: pushed });
        codeIn(await createBrowser(publicUrl).walk(addresses, from, typed, redirectUri));
      },
    ),
  ];
}

function codeIn({ location, text: page, status }: Page): string {
  const code = location?.startsWith(redirectUri) ? new URL(location).searchParams.get('code') : null;
  if (code === null) throw new Error(`no code: ${status} ${location ?? page.slice(0, 200)}`);
  return code;
}
