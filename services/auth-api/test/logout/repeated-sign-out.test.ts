/** A sign-out that PostgreSQL does not keep yet is answered 503 each time, and succeeds by the same request afterwards. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, publicUrl, startAuthApi } from '../stack/auth-api.ts';
import { type Browser, createBrowser } from '../stack/browser.ts';
import { agent } from '../stack/interaction.ts';
import { readLogout } from '../stack/pending-logout.ts';

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
