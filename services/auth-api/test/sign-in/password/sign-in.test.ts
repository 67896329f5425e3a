import { CfgObjectType } from '@gatehouse/people-directory';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type AuthApi, publicUrl, startAuthApi } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import {
  agent,
  browserCookie,
  readView,
  sessionCookie,
  signIn,
  startInteraction,
} from '../../stack/interaction.ts';

let stack: AuthApi;

beforeAll(async () => {
  stack = await startAuthApi();
});
afterAll(() => stack?.close());

describe('sign-in by the login page', () => {
  it('sends a user with the right password onward and gives the browser a session', async () => {
    const browser = createBrowser(stack.app);
    const id = await startInteraction(stack, browser);

    const answer = await signIn(stack, browser, id, agent);

    expect(answer.status).toBe(302);
    expect(answer.location).toBe(`${publicUrl}/auth/v3/oauth/authorize/resume?interaction=${id}`);
    expect((await browser.get('/auth/v3/ping')).json()).toEqual({ status: { code: 0 } });
    expect(String(answer.headers['set-cookie'])).toMatch(
      /__Host-gatehouse-session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax/,
    );
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('sends a user with a wrong password back, says why on the page and keeps what was typed', async () => {
    const browser = createBrowser(stack.app);
    const id = await startInteraction(stack, browser);

    const answer = await signIn(stack, browser, id, { ...agent, password: 'wrong' });

    expect(answer.location).toBe(`${publicUrl}/auth/sign-in.html?error&interaction=${id}`);
    expect(browser.cookies.has(sessionCookie)).toBe(false);
    const view = await readView(stack.app, browser, id);
    expect(view).toMatchObject({ error: 'bad_credentials', userName: 'agent', contactCenterHint: 'demo' });
    expect(view.correlationId).toBe(answer.headers['x-request-id']);
    expect(JSON.stringify(view)).not.toContain('wrong');
  });

  it('asks the Configuration Server for the person and for the access groups at the same time', async () => {
    const groups = Promise.withResolvers<void>();
    stack.simulator.faults.beforeRequest = ({ name, body }) => {
      if (name !== 'RequestReadObjects') return undefined;
      if (body.objectType === CfgObjectType.accessGroup) groups.resolve();
      // The server answers about the person when it was asked for the groups too.
      return body.objectType === CfgObjectType.person ? groups.promise : undefined;
    };
    onTestFinished(() => {
      delete stack.simulator.faults.beforeRequest;
    });
    const browser = createBrowser(stack.app);
    const id = await startInteraction(stack, browser);

    const answer = await signIn(stack, browser, id, agent);

    expect(answer.location).toContain('/resume');
  });

  it('takes tenant and user in one name', async () => {
    const browser = createBrowser(stack.app);
    const id = await startInteraction(stack, browser);

    const answer = await signIn(stack, browser, id, { username: 'DEMO\\Agent', password: agent.password });

    expect(answer.location).toContain('/resume');
    const session = await stack.deps.sessions.service.find(requestOf(browser.cookies));
    expect(session?.identity).toMatchObject({ username: 'demo\\agent', loginName: 'agent', dbid: 101 });
  });

  it('sends a newcomer to the password page', async () => {
    const browser = createBrowser(stack.app);
    const id = await startInteraction(stack, browser);

    await signIn(stack, browser, id, {
      username: 'newcomer',
      password: 'demo-newcomer-password',
      tenant: 'demo',
    });

    expect(await readView(stack.app, browser, id)).toMatchObject({ error: 'password_change_required' });
    expect(browser.cookies.has(sessionCookie)).toBe(false);
  });

  it('answers JSON with the envelope', async () => {
    const browser = createBrowser(stack.app);

    const right = await browser.postJson('/auth/v3/sign-in', { data: agent });
    expect(right.json()).toEqual({
      status: { code: 0 },
      data: { redirectUri: `${publicUrl}/auth/signed-in.html` },
    });

    const wrong = await browser.postJson('/auth/v3/sign-in', { ...agent, password: 'wrong' });
    expect(wrong.status).toBe(401);
    expect(wrong.json()).toMatchObject({ status: { code: 401, name: 'bad_credentials' } });
    expect(wrong.headers['www-authenticate']).toBeUndefined();
  });

  it('asks for what is missing', async () => {
    const browser = createBrowser(stack.app);
    const id = await startInteraction(stack, browser);

    await signIn(stack, browser, id, { username: ' ', password: 'x', tenant: 'demo' });
    expect(await readView(stack.app, browser, id)).toMatchObject({ error: 'credentials_required' });
    await signIn(stack, browser, id, { username: 'agent', password: '', tenant: 'demo' });
    expect(await readView(stack.app, browser, id)).toMatchObject({
      error: 'credentials_required',
      userName: 'agent',
    });
  });

  it('ends the journey of an interaction that is over at the page that says so and knows the way back', async () => {
    const browser = createBrowser(stack.app);
    const id = await startInteraction(stack, browser);
    const { csrf } = await readView(stack.app, browser, id);
    await stack.deps.interactions.service.consume(requestOf(browser.cookies), id);

    const answer = await browser.postForm('/auth/v3/sign-in', { ...agent, interaction: id, csrf });

    expect(answer).toMatchObject({ status: 303, location: `/auth/sign-in.html?interaction=${id}` });
  });

  it.each([
    ['account_locked', { 'account-lockout-threshold': '1' }],
    ['password_expired', { 'password-expiration': '30' }],
  ])('says %s, but only to whoever knows the password', async (failure, rules) => {
    const userName = `person-${failure}`;
    const person = await stack.simulator.store.createPerson({ tenantDbid: 101, userName, password: 'right' });
    await stack.simulator.store.updatePerson(person['DBID'] as number, {
      PasswordUpdatingDate: 1_000_000_000,
    });
    const setRules = (values: Record<string, string>) =>
      stack.simulator.store.updateObject(7, 101, {
        userProperties: [['security-authentication-rules', Object.entries(values)]],
      });
    const attempt = async (password: string) => {
      const data = { username: userName, password, tenant: 'demo' };
      return createBrowser(stack.app).postJson('/auth/v3/sign-in', { data });
    };
    await setRules(rules);
    const wrong = await attempt('wrong');
    expect(wrong.json()).toMatchObject({ status: { name: 'bad_credentials' } });
    const right = await attempt('right');
    await setRules({});
    expect([right.status, right.json()]).toMatchObject([403, { status: { name: failure } }]);
  });

  it('leaves a trail of who came in and who did not', async () => {
    const browser = createBrowser(stack.app);
    await browser.postJson(
      '/auth/v3/sign-in',
      { ...agent, password: 'wrong' },
      { 'x-request-id': 'trail-0001' },
    );
    await browser.postJson('/auth/v3/sign-in', agent, { 'x-request-id': 'trail-0002' });
    const trail = async () => {
      const sql = 'SELECT * FROM auth.audit_events WHERE correlation_id LIKE $1 ORDER BY seq';
      return (await stack.deps.stores.pool.query(sql, ['trail-%'])).rows;
    };
    await expect.poll(async () => (await trail()).length, { timeout: 5000 }).toBe(2);
    expect(await trail()).toMatchObject([
      {
        name: 'login_failed',
        outcome: 'failure',
        client_address: '203.0.113.7',
        fields: { userName: 'agent', reason: 'bad_credentials' },
      },
      { name: 'login_succeeded', outcome: 'success', sub: expect.any(String), fields: { userName: 'agent' } },
    ]);
  });

  it('keeps the binding cookie of a browser over several logins', async () => {
    const browser = createBrowser(stack.app);
    await startInteraction(stack, browser);
    const first = browser.cookies.get(browserCookie);
    await startInteraction(stack, browser);
    expect(browser.cookies.get(browserCookie)).toBe(first);
  });
});

function requestOf(cookies: Map<string, string>) {
  return {
    id: 'test',
    cookies: Object.fromEntries(cookies),
    headers: {},
    ip: '203.0.113.7',
    method: 'GET',
    url: '/',
  };
}
