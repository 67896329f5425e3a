import { unavailable } from '@gatehouse/service-kit/errors';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AuthApi, ops, publicUrl, startAuthApi } from '../../stack/auth-api.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { agent, sessionCookie } from '../../stack/interaction.ts';
import { createClient, getCode, passwordTokens } from '../../stack/oauth.ts';
import { readLogout } from '../../stack/pending-logout.ts';

let stack: AuthApi;

beforeAll(async () => {
  stack = await startAuthApi();
  const authorization = `Basic ${Buffer.from(`${ops.username}:${ops.password}`).toString('base64')}`;
  const created = await stack.app.inject({
    method: 'POST',
    url: '/auth/v3/ops/clients',
    headers: { authorization },
    payload: {
      data: {
        client_id: 'desktop',
        name: 'Desktop',
        clientType: 'CONFIDENTIAL',
        authorizedGrantTypes: ['authorization_code'],
        redirectURIs: ['https://desktop.test/callback'],
      },
    },
  });
  expect(created.json()).toMatchObject({ status: { code: 0 } });
});
afterAll(() => stack?.close());

async function signedIn(headers: Record<string, string> = {}): Promise<Browser> {
  const browser = createBrowser(stack.app);
  const answer = await browser.postJson('/auth/v3/sign-in', { data: agent }, headers);
  expect(answer.status).toBe(200);
  return browser;
}

const dataOf = (answer: { json(): unknown }) =>
  (answer.json() as { data: { id: string; current: boolean }[] }).data;

describe('ping', () => {
  it('tells a live session from none', async () => {
    const browser = await signedIn();
    expect((await browser.get('/auth/v3/ping')).json()).toEqual({ status: { code: 0 } });
    const stranger = await createBrowser(stack.app).get('/auth/v3/ping');
    expect(stranger.status).toBe(403);
    expect(stranger.json()).toMatchObject({ status: { code: 403 } });
  });

  it('goes by the token when there is one, whatever the cookie says', async () => {
    const browser = await signedIn();
    const answer = await browser.get('/auth/v3/ping', { authorization: 'Bearer not-a-token-of-ours' });
    expect(answer.status).toBe(403);
  });

  it('takes a JSON content type without a body for normal', async () => {
    const browser = await signedIn();
    expect((await browser.get('/auth/v3/ping', { 'content-type': 'application/json' })).status).toBe(200);
  });
});

describe('own sessions', () => {
  it('are listed and ended one by one', async () => {
    const laptop = await signedIn({ 'user-agent': 'Laptop' });
    const phone = await signedIn({ 'user-agent': 'Phone' });

    const listed = dataOf(await laptop.get('/auth/v3/sessions'));
    const current = listed.find((session) => session.current);
    const other = listed.find((session) => !session.current);
    expect(current).toMatchObject({ userAgent: 'Laptop', clientAddress: '203.0.113.7', current: true });
    expect(other).toMatchObject({ userAgent: 'Phone', remembered: false, applications: [] });

    const ended = await laptop.request('DELETE', `/auth/v3/sessions/${other?.id}`, { origin: publicUrl });
    expect(ended.json()).toEqual({ status: { code: 0 } });
    expect((await phone.get('/auth/v3/ping')).status).toBe(403);
    expect((await laptop.get('/auth/v3/ping')).status).toBe(200);
  });

  it('are not ended when that cannot be recorded, so that the repetition is recorded', async () => {
    const browser = await signedIn();
    const [own] = dataOf(await browser.get('/auth/v3/sessions')).filter(({ current }) => current);
    const end = () => browser.request('DELETE', `/auth/v3/sessions/${own?.id}`, { origin: publicUrl });
    const write = vi.spyOn(stack.deps.audit.writer, 'write').mockRejectedValueOnce(unavailable('Redis'));

    expect((await end()).status).toBe(503);
    expect((await browser.get('/auth/v3/ping')).status).toBe(200);
    expect((await end()).status).toBe(200);

    expect((await browser.get('/auth/v3/ping')).status).toBe(403);
    expect(write).toHaveBeenLastCalledWith(expect.objectContaining({ name: 'session_ended', sid: own?.id }));
    write.mockRestore();
  });

  it('say whose they are and which applications they let in', async () => {
    const client = await createClient(stack, { name: 'Agent Workspace' });
    const browser = createBrowser(stack.app);
    await getCode(stack, browser, client);

    const answer = (await browser.get('/auth/v3/sessions')).json() as {
      data: { current: boolean; applications: string[] }[];
      user: unknown;
    };

    expect(answer.data.find(({ current }) => current)?.applications).toEqual(['Agent Workspace']);
    expect(answer.user).toEqual({
      username: 'demo\\agent',
      name: expect.any(String),
      contactCenter: 'Demo',
    });
  });

  // attack: sessions of another person listed or ended | CVE-2024-39683 | guard: services/auth-api/src/browser/sessions/store.ts
  it('57: of other users are as if they did not exist', async () => {
    const browser = await signedIn();
    const supervisor = createBrowser(stack.app);
    await supervisor.postJson('/auth/v3/sign-in', {
      data: { username: 'supervisor', password: 'demo-supervisor-password', tenant: 'demo' },
    });
    const [own] = dataOf(await supervisor.get('/auth/v3/sessions'));
    const answer = await browser.request('DELETE', `/auth/v3/sessions/${own?.id}`);
    expect(answer.status).toBe(404);
    expect((await supervisor.get('/auth/v3/ping')).status).toBe(200);
  });

  // attack: sessions shown to any application | ASVS 10.3.2 | guard: services/auth-api/src/browser/sessions/routes.ts
  it('are the business of applications that have the scope for it', async () => {
    const client = await createClient(stack);
    const browser = await signedIn();
    const [own] = dataOf(await browser.get('/auth/v3/sessions'));
    const ask = async (scope: string) => {
      const { access_token } = await passwordTokens(stack, client, { scope });
      const headers = { authorization: `Bearer ${access_token}` };
      const listed = await stack.app.inject({ url: '/auth/v3/sessions', headers });
      const ended = await stack.app.inject({
        method: 'DELETE',
        url: `/auth/v3/sessions/${own?.id}`,
        headers,
      });
      return [listed.statusCode, ended.statusCode];
    };

    expect(await ask('openid profile')).toEqual([403, 403]);
    expect((await browser.get('/auth/v3/ping')).status).toBe(200);
    expect(await ask('sessions')).toEqual([200, 200]);
    expect((await browser.get('/auth/v3/ping')).status).toBe(403);
  });

  it('need somebody who is signed in', async () => {
    const answer = await createBrowser(stack.app).get('/auth/v3/sessions');
    expect(answer.status).toBe(401);
    expect(answer.json()).toMatchObject({ error: 'unauthorized' });
  });
});

describe('sign-out', () => {
  it('ends the session and sends a browser to the signed-out page', async () => {
    const browser = await signedIn();
    const stolen = browser.cookies.get(sessionCookie) ?? '';
    const answer = await browser.get('/auth/v3/sign-out', { accept: 'application/json' });
    expect([answer.status, answer.location]).toEqual([302, `${publicUrl}/auth/signed-out.html`]);
    expect(browser.cookies.has(sessionCookie)).toBe(false);
    const thief = createBrowser(stack.app);
    thief.cookies.set(sessionCookie, stolen);
    expect((await thief.get('/auth/v3/ping')).status).toBe(403);
  });

  it.each(['', '?global=true'])('that cannot be recorded does not happen: %s', async (query) => {
    const browser = await signedIn();
    const write = vi.spyOn(stack.deps.audit.writer, 'write').mockRejectedValueOnce(unavailable('Redis'));
    const signOut = () => browser.request('POST', `/auth/v3/sign-out${query}`, { origin: publicUrl });

    expect((await signOut()).status).toBe(503);
    expect((await browser.get('/auth/v3/ping')).status).toBe(200);
    expect((await signOut()).status).toBeLessThan(400);

    expect((await browser.get('/auth/v3/ping')).status).toBe(403);
    expect(write).toHaveBeenCalledTimes(2);
    write.mockRestore();
  });

  it('twice is no error', async () => {
    const browser = await signedIn();
    await browser.get('/auth/v3/sign-out');
    expect((await browser.get('/auth/v3/sign-out')).location).toBe(`${publicUrl}/auth/signed-out.html`);
  });

  it('answers a JSON POST without a body by the envelope', async () => {
    const browser = await signedIn();
    const answer = await browser.request('POST', '/auth/v3/sign-out', { 'content-type': 'application/json' });
    expect([answer.status, answer.json()]).toEqual([200, { status: { code: 0 } }]);
    expect((await browser.get('/auth/v3/ping')).status).toBe(403);
  });

  it('everywhere ends the other sessions of the user too', async () => {
    const [here, there] = [await signedIn(), await signedIn()];
    await here.get('/auth/v3/sign-out?global=true');
    expect((await there.get('/auth/v3/ping')).status).toBe(403);
    await expect
      .poll(async () => (await stack.deps.stores.pool.query('SELECT name FROM auth.audit_events')).rows, {
        timeout: 5000,
      })
      .toContainEqual({ name: 'global_logout' });
  });

  it.each([
    ['https://desktop.test/goodbye?x=1', true],
    ['https://desktop.test.evil.com/', false],
    ['https://desktop.test@evil.com/', false],
    ['https://evil.com/?https://desktop.test/', false],
    ['http://desktop.test/', false],
    ['https://desktop.test:8443/', false],
    ['//desktop.test/', false],
    ['/\\evil.com', false],
    ['javascript:alert(1)//desktop.test', false],
    ['https:\\\\desktop.test/', false],
    ['https://desktop.test/#x', false],
    ['', false],
  ])('6: sends a browser to %s: %s (CVE-2022-23527)', async (redirectUri, isAllowed) => {
    const browser = await signedIn();
    const answer = await browser.get(`/auth/v3/sign-out?${new URLSearchParams({ redirectUri })}`);
    expect(answer.status).toBe(302);
    expect(answer.location).toBe(isAllowed ? redirectUri : `${publicUrl}/auth/signed-out.html`);
  });

  it('goes on to the application although the session had ended by itself', async () => {
    const redirectUri = 'https://desktop.test/goodbye';
    const answer = await createBrowser(stack.app).get(
      `/auth/v3/sign-out?${new URLSearchParams({ redirectUri })}`,
    );
    expect(answer.location).toBe(redirectUri);
  });

  it('follows the registrations: a host that is registered later is known at once, and a removed one is not', async () => {
    const ask = async () => {
      const query = new URLSearchParams({ redirectUri: 'https://later.test/x' });
      return (await createBrowser(stack.app).get(`/auth/v3/sign-out?${query}`)).location;
    };
    const register = (redirectURIs: string[]) =>
      stack.app.inject({
        method: 'PUT',
        url: '/auth/v3/ops/clients/desktop',
        headers: {
          authorization: `Basic ${Buffer.from(`${ops.username}:${ops.password}`).toString('base64')}`,
        },
        payload: { data: { redirectURIs } },
      });
    expect(await ask()).toContain('signed-out.html');
    await register([
      'https://desktop.test/callback',
      'HTTPS://Later.test:443/callback',
      'com.example.app:/x',
    ]);
    expect(await ask()).toBe('https://later.test/x');
    await register(['https://desktop.test/callback']);
    expect(await ask()).toContain('signed-out.html');
  });

  it('asks an index, however many clients there are', async () => {
    const { rows } = await stack.deps.stores.pool
      .query(
        `SET LOCAL enable_seqscan = off; EXPLAIN SELECT client_id FROM auth.clients
       WHERE auth.web_origins(redirect_uris || post_logout_redirect_uris) && ARRAY['https://desktop.test']`,
      )
      .then((results) => (results as unknown as { rows: object[] }[])[1] ?? { rows: [] });
    expect(JSON.stringify(rows)).toContain('clients_web_origins');
  });

  // attack: sign-out posted by another site | ASVS 3.5.1 | guard: services/auth-api/src/sign-in/logout/sign-out-routes.ts
  it('45: by another site is refused for a POST', async () => {
    const browser = await signedIn();
    const answer = await browser.postForm('/auth/v3/sign-out', {}, { origin: 'https://evil.test' });
    expect(answer.status).toBe(403);
    expect((await browser.get('/auth/v3/ping')).status).toBe(200);
  });

  describe('54: by a link', () => {
    const leave = '/auth/v3/sign-out?global=true&redirectUri=https://desktop.test/bye';
    const isLive = async (browser: Browser) => (await browser.get('/auth/v3/ping')).status === 200;

    it.each([
      ['of a page that no client is registered for', { referer: 'https://evil.test/' }],
      ['that does not tell where it stands', {}],
      ['of a host that only begins like a registered one', { referer: 'https://desktop.test.evil.test/' }],
    ])('%s asks the user first, and then ends what it was about (CVE-2020-10734)', async (_name, headers) => {
      const [laptop, phone] = [await signedIn(), await signedIn()];

      const asked = await laptop.get(leave, { 'sec-fetch-site': 'cross-site', ...headers });

      const page = new URL(String(asked.location));
      expect([asked.status, page.pathname]).toEqual([302, '/auth/sign-out.html']);
      expect([await isLive(laptop), await isLive(phone)]).toEqual([true, true]);
      const logout = String(page.searchParams.get('logout'));
      const view = await readLogout(stack, laptop, logout);
      expect(view).toMatchObject({ step: 'ask', everywhere: true, continueTo: 'https://desktop.test/bye' });
      const done = await laptop.postForm('/auth/v3/oauth/logout/confirm', { logout, csrf: view.csrf });
      expect([done.status, done.location]).toEqual([303, 'https://desktop.test/bye']);
      expect([await isLive(laptop), await isLive(phone)]).toEqual([false, false]);
    });

    it.each([
      ['of an application', { 'sec-fetch-site': 'cross-site', referer: 'https://desktop.test/' }],
      ['of the same site', { 'sec-fetch-site': 'same-site' }],
      ['that the user typed', { 'sec-fetch-site': 'none' }],
      ['in a browser that does not tell', {}],
    ])('%s ends the sessions at once (compat)', async (_name, headers) => {
      const browser = await signedIn();

      const answer = await browser.get(leave, headers as Record<string, string>);

      expect([answer.status, answer.location]).toEqual([302, 'https://desktop.test/bye']);
      expect(await isLive(browser)).toBe(false);
    });

    // attack: forced sign-out from a sibling host | CVE-2020-10734, RFC 9700 4.7 | guard: services/auth-api/src/browser/cookies/same-origin.ts
    it('of another host of the same site asks first where the operator says so, but not of an application', async () => {
      const env = { GATEHOUSE_SIGN_OUT_ASKS_SIBLINGS: 'true' };
      const careful = await startAuthApi({ beside: stack, env });
      try {
        const leaveBy = async (headers: Record<string, string>) => {
          const browser = createBrowser(careful.app);
          await browser.postJson('/auth/v3/sign-in', { data: agent });
          const answer = await browser.get(leave, headers);
          return [String(answer.location).replace(/\?.*/, ''), await isLive(browser)];
        };
        const asked = [`${publicUrl}/auth/sign-out.html`, true];
        const done = ['https://desktop.test/bye', false];
        const sibling = { 'sec-fetch-site': 'same-site' };
        expect(await leaveBy({ ...sibling, referer: 'https://wiki.login.test/' })).toEqual(asked);
        expect(await leaveBy(sibling)).toEqual(asked);
        expect(await leaveBy({ ...sibling, referer: 'https://desktop.test/' })).toEqual(done);
        expect(await leaveBy({ 'sec-fetch-site': 'same-origin', referer: publicUrl })).toEqual(done);
      } finally {
        await careful.close();
      }
    });

    it('of anybody only takes the cookie away where nobody is signed in', async () => {
      const answer = await createBrowser(stack.app).get('/auth/v3/sign-out', {
        'sec-fetch-site': 'cross-site',
      });
      expect(answer.location).toBe(`${publicUrl}/auth/signed-out.html`);
    });
  });

  it('17: with a parameter given twice is refused by name', async () => {
    const browser = await signedIn();
    const answer = await browser.get('/auth/v3/sign-out?redirectUri=a&redirectUri=b', {
      accept: 'application/json',
    });
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('redirectUri');
  });
});
