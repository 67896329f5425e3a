import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { agent, signIn } from '../stack/interaction.ts';
import { authorizeUrl, createClient, type TestClient } from '../stack/oauth.ts';

let stack: AuthApi;
let client: TestClient;

beforeAll(async () => {
  stack = await startAuthApi({
    env: { GATEHOUSE_SIGN_IN_STARTS_PER_MINUTE: '10', GATEHOUSE_SIGN_IN_UNFINISHED_PER_ADDRESS: '10' },
  });
  client = await createClient(stack);
});
afterAll(() => stack?.close());

const begin = (url: string, from: string) => stack.app.inject({ url, remoteAddress: from });

describe('66: strangers cannot fill Redis with sign-ins that nobody finishes', () => {
  // attack: Redis filled with unfinished logins | CWE-770 | guard: services/auth-api/src/oauth/authorize/ask-user.ts
  it('refuses an address that begins too many, and no other', async () => {
    const url = authorizeUrl(client);
    for (let count = 0; count < 10; count++) expect((await begin(url, '10.0.0.1')).statusCode).toBe(302);
    const refused = await begin(url, '10.0.0.1');
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await begin(url, '10.0.0.2')).statusCode).toBe(302);
  });

  it('counts no login that was finished: a whole shift may come from one address', async () => {
    for (let count = 0; count < 15; count++) {
      const browser = createBrowser(stack.app, '10.0.0.5');
      const begun = await browser.get(authorizeUrl(client));
      const id = new URL(String(begun.location)).searchParams.get('interaction') ?? '';
      const { location } = await signIn(stack, browser, id, agent);
      const answer = await browser.get(String(location));
      expect(new URL(String(answer.location)).searchParams.get('code')).toBeTruthy();
    }
  });

  it.each([
    ['sign in', '/auth/v3/oauth/authorize', '10.0.0.3'],
    ['sign out', '/auth/v3/oauth/logout', '10.0.0.4'],
  ])('counts requests to %s by POST as well', async (_what, url, remoteAddress) => {
    const post = () =>
      stack.app.inject({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: authorizeUrl(client).split('?')[1] ?? '',
        remoteAddress,
      });
    for (let count = 0; count < 10; count++) expect((await post()).statusCode).toBe(303);
    expect((await post()).statusCode).toBe(429);
  });

  it.each(['state', 'nonce'])('tells the client that its %s is too long', async (name) => {
    const url = authorizeUrl(client, { [name]: 'x'.repeat(5000) });
    const answer = await createBrowser(stack.app).get(url);
    expect(answer.status).toBe(302);
    expect(new URL(String(answer.location)).searchParams.get('error')).toBe('invalid_request');
  });
});

describe('66: strangers cannot fill the audit trail with sign-ins that are refused', () => {
  // attack: audit trail filled with refused logins | CWE-770 | guard: services/auth-api/src/records/audit/flood-limit.ts
  it('writes the first of an address that are throttled, not every one', async () => {
    const attempt = () =>
      createBrowser(stack.app).postJson('/auth/v3/sign-in', {
        data: { username: 'agent', tenant: 'demo', password: 'wrong' },
      });
    const answers = await Promise.all(Array.from({ length: 60 }, attempt));
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(50);

    await stack.deps.audit.drained();
    const { rows } = await stack.deps.stores.pool.query(
      `SELECT count(*)::int AS events FROM auth.audit_events WHERE name = 'login_throttled'`,
    );
    expect(rows).toEqual([{ events: 10 }]);
    const refused = answers.filter(({ status }) => status === 429).length;
    expect(await stack.metrics.expose()).toContain(
      `gatehouse_sign_ins_total{outcome="throttled"} ${refused}\n`,
    );
  });
});
