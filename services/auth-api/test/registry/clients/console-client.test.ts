import { consoleClientId } from '@gatehouse/contracts/auth-api';
import { consoleClientSecrets, Secret } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, publicUrl, serviceClient, startAuthApi } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import {
  authorizeUrl,
  changeClient,
  createClient,
  getCode,
  introspect,
  opsCall,
  redeem,
  type TestClient,
  token,
} from '../../stack/oauth.ts';

const replaced = 'former-shared-secret';
const [secret, formerSecret] = consoleClientSecrets(new Secret(`${serviceClient.secret}\n${replaced}`));
const consoleClient: TestClient = {
  clientId: consoleClientId,
  clientSecret: secret,
  redirectUri: `${publicUrl}/auth/console/callback`,
};
const path = `/auth/v3/ops/clients/${consoleClientId}`;

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi({
    env: { GATEHOUSE_SERVICE_CLIENT_SECRET: `${serviceClient.secret}\n${replaced}` },
  });
});
afterAll(() => stack?.close());

describe('the client of the console', () => {
  it('signs a person in without a consent page, for five minutes, and refreshes', async () => {
    const browser = createBrowser(stack.app);
    const code = await getCode(stack, browser, consoleClient, { scope: 'openid sessions' });
    const tokens = (await redeem(stack, consoleClient, code)).json();
    expect(tokens).toMatchObject({ expires_in: 300, scope: 'openid sessions' });
    expect(await introspect(stack, consoleClient, tokens.access_token)).toMatchObject({
      active: true,
      client_id: consoleClientId,
      internal_client: false,
    });
    const renewed = await token(stack, consoleClient, {
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token,
    });
    expect(renewed.status).toBe(200);
  });

  it('is accepted with the secret of each line of the shared secret, and with no other', async () => {
    const statusOf = async (clientSecret: string | undefined) =>
      (
        await token(
          stack,
          { ...consoleClient, clientSecret },
          { grant_type: 'refresh_token', refresh_token: 'a.b' },
        )
      ).json().error;
    expect(await statusOf(formerSecret)).toBe('invalid_grant');
    expect(await statusOf(serviceClient.secret)).toBe('invalid_client');
  });

  // attack: a code sent to another address than the console | RFC 9700 section 4.1.1 | guard: services/auth-api/src/registry/clients/built-in/console-client.ts
  it('has exactly the addresses of the installation', async () => {
    const browser = createBrowser(stack.app);
    for (const redirectUri of [`${publicUrl}/auth/console/callback/x`, `${publicUrl}/auth/console`]) {
      const answer = await browser.get(authorizeUrl({ ...consoleClient, redirectUri }));
      expect(answer.status).toBe(400);
    }
    const account = await browser.get(
      authorizeUrl(
        { ...consoleClient, redirectUri: `${publicUrl}/auth/account/callback` },
        { scope: 'openid' },
      ),
    );
    expect(account.location).toContain('/auth/sign-in.html');
  });

  // attack: an authorization code injected into the console | RFC 9700 section 4.5 | guard: services/auth-api/src/registry/clients/built-in/console-client.ts
  it('must prove its code by PKCE', async () => {
    const url = new URL(authorizeUrl(consoleClient), publicUrl);
    url.searchParams.delete('code_challenge');
    url.searchParams.delete('code_challenge_method');
    const answer = await createBrowser(stack.app).get(`${url.pathname}${url.search}`);
    expect(answer.location).toContain('error=invalid_request');
  });

  // attack: an administrator of clients turns the console's client into one of their own | CWE-284 | guard: services/auth-api/src/registry/clients/client-changes.ts
  it('cannot be read, created, changed, rotated or deleted by the administration of clients', async () => {
    const answers = await Promise.all([
      opsCall(stack, 'GET', path),
      changeClient(stack, consoleClient, { redirectURIs: ['https://evil.test/callback'] }),
      opsCall(stack, 'POST', `${path}/rotate-secret`),
      opsCall(stack, 'DELETE', path),
      opsCall(stack, 'POST', '/auth/v3/ops/clients', { data: { client_id: consoleClientId } }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 409]);
    for (const { body } of answers) expect(body).not.toContain(secret);
  });

  // attack: a stored client takes the place of the console's | CWE-284 | guard: services/auth-api/src/registry/clients/directory.ts
  it('is never replaced by a stored client of its id', async () => {
    const other = await createClient(stack, { client_secret: 'a-secret-of-somebody-else' });
    await stack.deps.stores.pool.query('UPDATE auth.clients SET client_id = $1 WHERE client_id = $2', [
      consoleClientId,
      other.clientId,
    ]);
    const stranger = { ...consoleClient, clientSecret: other.clientSecret };
    const refused = await token(stack, stranger, { grant_type: 'client_credentials' });
    expect(refused.json().error).toBe('invalid_client');
    const browser = createBrowser(stack.app);
    expect((await redeem(stack, consoleClient, await getCode(stack, browser, consoleClient))).status).toBe(
      200,
    );
  });
});
