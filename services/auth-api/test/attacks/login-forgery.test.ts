import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AuthApi,
  contactCenterId,
  demoContactCenter,
  ops,
  publicUrl,
  startAuthApi,
} from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import {
  agent,
  browserCookie,
  readView,
  sessionCookie,
  signIn,
  startInteraction,
} from '../stack/interaction.ts';

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi();
});
afterAll(() => stack?.close());

describe('45: login CSRF (CVE-2017-12159)', () => {
  // attack: login form posted by another site | ASVS 3.5.1 | guard: services/auth-api/src/browser/cookies/same-origin.ts
  it('a form without an interaction is refused when another site sent it, or nobody says who did', async () => {
    const foreign = [
      { origin: 'https://evil.test' },
      { origin: 'https://login.test.evil.test' },
      { origin: 'http://login.test' },
      { origin: 'https://login.test:8443' },
      { origin: 'null', 'sec-fetch-site': 'cross-site' },
      { origin: 'null', 'sec-fetch-site': 'same-site' },
      { origin: 'null' },
    ];
    for (const headers of foreign) {
      const browser = createBrowser(stack.app);
      const answer = await browser.postForm('/auth/v3/sign-in', agent, headers);
      expect(answer.status).toBe(403);
      expect(answer.headers['content-type']).toContain('text/html');
      expect(browser.cookies.has(sessionCookie)).toBe(false);
    }
    const silent = createBrowser(stack.app);
    const form = new URLSearchParams(agent).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await silent.request('POST', '/auth/v3/sign-in', headers, form)).status).toBe(403);
  });

  it('a page of ours that hides its origin is believed when the browser vouches for it', async () => {
    const browser = createBrowser(stack.app);
    const answer = await browser.postForm('/auth/v3/sign-in', agent, {
      origin: 'null',
      'sec-fetch-site': 'same-origin',
    });
    expect(answer.location).toBe(`${publicUrl}/auth/signed-in.html`);
  });

  // attack: login form without its token | ASVS 3.5.1, CVE-2023-29020 | guard: services/auth-api/src/browser/interactions/form-guard.ts
  it('a wrong, empty or foreign csrf token goes back to the page without asking for the password', async () => {
    const browser = createBrowser(stack.app);
    const [id, other] = [await startInteraction(stack, browser), await startInteraction(stack, browser)];
    const { csrf: foreignCsrf } = await readView(stack.app, browser, other);
    for (const csrf of ['', 'wrong', foreignCsrf]) {
      const answer = await browser.postForm('/auth/v3/sign-in', { ...agent, interaction: id, csrf });
      expect(answer.location).toBe(`${publicUrl}/auth/sign-in.html?error&interaction=${id}`);
      expect((await readView(stack.app, browser, id)).error).toBe('form_expired');
      expect(browser.cookies.has(sessionCookie)).toBe(false);
    }
  });

  // attack: login form with its token posted by another site | ASVS 3.5.3 | guard: services/auth-api/src/browser/interactions/form-guard.ts
  it('the right form from another site is refused all the same', async () => {
    const browser = createBrowser(stack.app);
    const id = await startInteraction(stack, browser);
    const { csrf } = await readView(stack.app, browser, id);
    const answer = await browser.postForm(
      '/auth/v3/sign-in',
      { ...agent, interaction: id, csrf },
      { origin: 'https://evil.test' },
    );
    expect(answer.status).toBe(403);
  });

  // attack: login CSRF with the attacker's own sign-in | RFC 9700 4.7 | guard: services/auth-api/src/browser/interactions/store.ts
  it("the attacker's own interaction does not sign a victim's browser in", async () => {
    const [attacker, victim] = [createBrowser(stack.app), createBrowser(stack.app)];
    const id = await startInteraction(stack, attacker);
    await startInteraction(stack, victim);
    const { csrf } = await readView(stack.app, attacker, id);
    const answer = await victim.postForm('/auth/v3/sign-in', { ...agent, interaction: id, csrf });
    expect(answer.status).toBe(403);
    expect(answer.body).toContain('another browser');
    expect(victim.cookies.has(sessionCookie)).toBe(false);
  });
});

describe('46: session fixation (CVE-2024-7341)', () => {
  // attack: session fixation by a planted cookie | CVE-2024-7341, CVE-2022-25896, CVE-2023-29019 | guard: services/auth-api/src/browser/sessions/service.ts
  it('a session id that was planted before the login is worth nothing after it', async () => {
    const attacker = createBrowser(stack.app);
    await attacker.postJson('/auth/v3/sign-in', agent);
    const planted = attacker.cookies.get(sessionCookie) ?? '';
    const victim = createBrowser(stack.app);
    victim.cookies.set(sessionCookie, planted);
    const id = await startInteraction(stack, victim);
    await signIn(stack, victim, id, {
      username: 'supervisor',
      password: 'demo-supervisor-password',
      tenant: 'demo',
    });
    expect(victim.cookies.get(sessionCookie)).not.toBe(planted);
    expect((await attacker.get('/auth/v3/ping')).status).toBe(403);
  });
});

describe('26: the interaction of another browser (CVE-2026-7507)', () => {
  // attack: pending sign-in read for another browser | CVE-2026-7507 | guard: services/auth-api/src/browser/interactions/store.ts
  it('shows Auth UI nothing', async () => {
    const browser = createBrowser(stack.app);
    const id = await startInteraction(stack, browser);
    const stranger = createBrowser(stack.app);
    stranger.cookies.set(browserCookie, 'S'.repeat(43));
    await expect(readView(stack.app, stranger, id)).rejects.toThrow('wrong_browser');
  });

  it('and every other one is closed to callers that are not the installation', async () => {
    const browser = createBrowser(stack.app);
    const id = await startInteraction(stack, browser);
    for (const credentials of [
      '',
      'gatehouse-services:wrong-secret-1234',
      `ops:${ops.password}`,
      'gatehouse-services:',
    ]) {
      const answer = await stack.internalApp.inject({
        url: `/auth/v3/internal/interactions/${id}`,
        headers: {
          'x-gatehouse-browser': browser.cookies.get(browserCookie) ?? '',
          ...(credentials === ''
            ? {}
            : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
        },
      });
      expect(answer.statusCode).toBe(401);
      expect(answer.json()).toEqual({ error: 'Unauthorized', error_description: 'Bad credentials' });
    }
  });
});

describe('15: the Host header (CVE-2026-29067)', () => {
  it('changes neither redirects nor cookies', async () => {
    const browser = createBrowser(stack.app);
    const headers = {
      host: 'evil.test',
      'x-forwarded-host': 'evil.test',
      'x-forwarded-proto': 'http',
      forwarded: 'host=evil.test',
    };
    const answer = await browser.postForm('/auth/v3/sign-in', agent, headers);
    expect(answer.location).toBe(`${publicUrl}/auth/signed-in.html`);
    expect(String(answer.headers['set-cookie'])).not.toContain('Domain');
    expect(String(answer.headers['set-cookie'])).toContain('Secure');
  });
});

describe('13: pages that end a journey', () => {
  // attack: framed page of ours | RFC 9700 4.16, ASVS 3.4.6 | guard: packages/service-kit/src/html/standalone-page.ts
  it('cannot be framed, leak no address and load nothing', async () => {
    const answer = await createBrowser(stack.app).postForm('/auth/v3/sign-in', agent, {
      origin: 'https://evil.test',
    });
    expect(answer.status).toBe(403);
    expect(answer.headers).toMatchObject({
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });
});

describe('17: parameter pollution', () => {
  it.each([
    'username=agent&username=admin',
    'username[a]=agent',
    '__proto__[x]=1&constructor=1',
    'interaction=a&interaction=b',
  ])('a form with %s signs nobody in', async (form) => {
    const browser = createBrowser(stack.app);
    const headers = { origin: publicUrl, 'content-type': 'application/x-www-form-urlencoded' };
    const rest = '&password=demo-agent-password&tenant=demo';
    const answer = await browser.request('POST', '/auth/v3/sign-in', headers, form + rest);
    expect(answer.status === 400 || String(answer.location).includes('?error')).toBe(true);
    expect(browser.cookies.has(sessionCookie)).toBe(false);
  });
});

describe('57: tenant isolation', () => {
  it('a user of one tenant is nobody in the other, although one server keeps both', async () => {
    const acme = '44444444-4444-4444-8444-444444444444';
    const environment = '55555555-5555-4555-8555-555555555555';
    await stack.simulator.store.createTenant({ dbid: 201, name: 'acme' });
    await stack.simulator.store.createPerson({
      tenantDbid: 201,
      userName: 'acme-user',
      password: 'acme-password',
    });
    const [known] = stack.environmentApi.environments.values();
    if (known === undefined) throw new Error('there is no environment');
    const sealed = stack.deps.core.secretBox.seal('demo-service-password', {
      table: 'environment.environments',
      row: environment,
      column: 'password',
    });
    stack.environmentApi.environments.set(environment, {
      ...known,
      id: environment,
      tenant: 'acme',
      passwordEnvelope: sealed,
    });
    stack.environmentApi.contactCenters.set(acme, {
      ...demoContactCenter,
      ...{ id: acme, environmentId: environment, domains: ['acme'] },
    });

    const outcome = async (username: string, password: string, tenant: string) =>
      (await createBrowser(stack.app).postJson('/auth/v3/sign-in', { username, password, tenant })).status;
    expect(await outcome('acme-user', 'acme-password', 'acme')).toBe(200);
    expect(await outcome('acme-user', 'acme-password', 'demo')).toBe(401);
    expect(await outcome(agent.username, agent.password, 'acme')).toBe(401);

    const change = await createBrowser(stack.app).postJson('/auth/v3/change-password', {
      data: { userName: 'acme-user', tenant: 'demo', oldPassword: 'acme-password', newPassword: 'stolen' },
    });
    expect(change.status).toBe(403);
    expect(await outcome('acme-user', 'acme-password', 'acme')).toBe(200);
  });

  // attack: sign-in to a client of another contact centre | ASVS 8.4.1 | guard: services/auth-api/src/people/accounts/account.ts
  it('a client of one contact centre lets the users of no other in, and says no more than for a wrong password', async () => {
    const login = (contactCenterIds: string[]) =>
      stack.deps.accounts.service.authenticate({
        ...{ userName: agent.username, password: agent.password, tenant: agent.tenant },
        ...{ clientAddress: '203.0.113.9', correlationId: 'test', contactCenterIds },
      });
    await expect(login(['somewhere else'])).rejects.toMatchObject({ failure: 'bad_credentials' });
    expect((await login([contactCenterId])).identity.loginName).toBe('agent');
  });
});

describe('66: bodies', () => {
  // attack: oversized body | ASVS 15.2.2 | guard: packages/service-kit/src/http/app.ts
  it('over the limit are refused as such, and what is no JSON says why', async () => {
    const browser = createBrowser(stack.app);
    const big = await browser.postJson('/auth/v3/sign-in', { ...agent, password: 'x'.repeat(70_000) });
    expect(big.status).toBe(413);
    const headers = { origin: publicUrl, 'content-type': 'application/json' };
    const broken = await browser.request('POST', '/auth/v3/sign-in', headers, '{"username":');
    expect(broken.status).toBe(400);
    expect(broken.body).toContain('not valid JSON');
  });

  // attack: login form of another content type | CVE-2026-25223 | guard: packages/service-kit/src/http/bodies.ts
  it('64: of a type that is neither form nor JSON sign nobody in (CVE-2026-25223)', async () => {
    for (const type of [
      'text/plain',
      'application/json\tx',
      'multipart/form-data; boundary=x',
      'application/xml',
    ]) {
      const browser = createBrowser(stack.app);
      const answer = await browser.request(
        ...([
          'POST',
          '/auth/v3/sign-in',
          { origin: publicUrl, 'content-type': type },
          JSON.stringify(agent),
        ] as const),
      );
      expect([400, 415]).toContain(answer.status);
      expect(browser.cookies.has(sessionCookie)).toBe(false);
    }
  });
});
