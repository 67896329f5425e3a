/** A sign-out that PostgreSQL does not keep yet is answered 503 each time, and succeeds by the same request afterwards. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, publicUrl, startAuthApi } from '../../stack/auth-api.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { exchangeGrant, exchangeToken, urn } from '../../stack/exchange.ts';
import { agent } from '../../stack/interaction.ts';
import { createClient, passwordTokens, token } from '../../stack/oauth.ts';
import { readLogout } from '../../stack/pending-logout.ts';

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi();
});
afterAll(() => stack?.close());

/** Only revocations: everything else that PostgreSQL has can be read. */
const hide = () => stack.deps.stores.pool.query('ALTER TABLE auth.revocations RENAME TO hidden');
const show = () => stack.deps.stores.pool.query('ALTER TABLE IF EXISTS auth.hidden RENAME TO revocations');
afterEach(show);

async function signedIn(): Promise<Browser> {
  const browser = createBrowser(stack.app);
  expect((await browser.postJson('/auth/v3/sign-in', { data: agent })).status).toBe(200);
  return browser;
}

const isLive = async (browser: Browser) => (await browser.get('/auth/v3/ping')).status === 200;
const inTime = { timeout: 10_000 };

describe('while PostgreSQL keeps no revocation', () => {
  it.each(['/auth/v3/oauth/logout', '/auth/v3/sign-out', '/auth/v3/sign-out?global=true'])(
    'the yes to the question of %s can be repeated until it has succeeded',
    async (url) => {
      const [browser, phone] = [await signedIn(), await signedIn()];
      const asked = await browser.get(url, { 'sec-fetch-site': 'cross-site' });
      const logout = String(new URL(String(asked.location)).searchParams.get('logout'));
      const { csrf } = await readLogout(stack, browser, logout);
      const confirm = () => browser.postForm('/auth/v3/oauth/logout/confirm', { logout, csrf });
      await hide();

      expect((await confirm()).status).toBe(503);
      expect([await isLive(browser), await isLive(phone)]).toEqual([false, !url.includes('global')]);
      expect((await confirm()).status).toBe(503);

      await show();
      await expect.poll(async () => (await confirm()).status, inTime).toBe(303);
      expect((await confirm()).status).toBe(400);
    },
  );

  // attack: renew an exchanged token after a sign-out that was answered 503 | RFC 7009 2, ASVS 7.4.1 | guard: services/auth-api/src/sign-in/logout/sign-out-service.ts
  it('signing out with an exchanged token ends its refresh token too', async () => {
    const portal = await createClient(stack);
    const gateway = await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant, 'refresh_token'],
      tokenExchange: { subjectClients: [portal.clientId], refreshTokens: true },
    });
    const { access_token: subject } = await passwordTokens(stack, portal);
    const exchanged = await exchangeToken(stack, gateway, subject, {
      requested_token_type: urn('refresh_token'),
    });
    const refresh = (refresh_token: string) =>
      token(stack, gateway, { grant_type: 'refresh_token', refresh_token });
    const { access_token, refresh_token } = (await refresh(exchanged.json().access_token)).json();
    const signOut = async () => {
      const headers = { authorization: `Bearer ${access_token}` };
      return (await stack.app.inject({ method: 'POST', url: '/auth/v3/sign-out', headers })).statusCode;
    };
    await hide();

    expect(await signOut()).toBe(503);

    await show();
    await expect.poll(signOut, inTime).toBe(200);
    expect((await refresh(refresh_token)).status).toBe(400);
  });

  it('a session that was ended is not called unknown before that is kept', async () => {
    const [laptop, phone] = [await signedIn(), await signedIn()];
    const { data } = (await phone.get('/auth/v3/sessions')).json() as {
      data: { id: string; current: boolean }[];
    };
    const id = data.find(({ current }) => current)?.id;
    const end = () => laptop.request('DELETE', `/auth/v3/sessions/${id}`, { origin: publicUrl });
    await hide();

    expect((await end()).status).toBe(503);
    expect([await isLive(laptop), await isLive(phone)]).toEqual([true, false]);
    expect((await end()).status).toBe(503);

    await show();
    await expect.poll(async () => (await end()).status, inTime).toBe(404);
  });
});
