/** Sessions, codes and logins that a browser carries from one release to the other. */
import {
  authorizationRequest,
  authorize,
  type Browser,
  codeIn,
  createBrowser,
  type Page,
  redemption,
} from '../../harness/browser.ts';
import { agent, type Calls, clientId } from './calls.ts';
import { type Exchange, exchange, right, type Side, text } from './exchange.ts';

const typed = { username: agent.username, tenant: agent.tenant, password: agent.password };

export function loginExchanges({ application, token }: Calls, publicUrl: string): Exchange[] {
  const request = authorizationRequest(clientId, 'openid');
  const signIn = async ({ addresses }: Side) => {
    const browser = createBrowser(publicUrl);
    return { browser, code: mustHaveCode(await browser.walk(addresses, authorize(request), typed)) };
  };
  return [
    exchange(
      'authorization code',
      async (at) => (await signIn(at)).code,
      async (at, code) => text(right(await token(at, redemption(code)))['id_token']),
    ),
    exchange(
      'session',
      async (at) => (await signIn(at)).browser,
      async ({ addresses }, browser) =>
        mustHaveCode(await browser.walk(addresses, authorize({ ...request, prompt: 'none' }), {})),
    ),
    exchange(
      'login that has only begun',
      async ({ addresses }): Promise<[Browser, Page]> => {
        const browser = createBrowser(publicUrl);
        const { password: _, ...name } = typed;
        return [browser, await browser.walk(addresses, authorize(request), name)];
      },
      async ({ addresses }, [browser, page]) =>
        mustHaveCode(await browser.walk(addresses, page, { password: agent.password })),
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
        mustHaveCode(await createBrowser(publicUrl).walk(addresses, from, typed));
      },
    ),
  ];
}

function mustHaveCode(page: Page): string {
  const code = codeIn(page);
  if (code === undefined)
    throw new Error(`no code: ${page.status} ${page.location ?? page.text.slice(0, 200)}`);
  return code;
}
