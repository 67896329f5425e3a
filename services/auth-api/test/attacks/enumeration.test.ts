import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthApi, publicUrl, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { readView, signIn, startInteraction } from '../stack/interaction.ts';

let stack: AuthApi;
let requests: string[] = [];

beforeAll(async () => {
  stack = await startAuthApi({
    env: { GATEHOUSE_SIGN_IN_ACCOUNT_ATTEMPTS: '1000', GATEHOUSE_SIGN_IN_FREE_FAILURES: '1000' },
  });
  // One login opens the link, so that the rest is compared in the same state.
  await createBrowser(stack.app).postJson('/auth/v3/sign-in', {
    data: { username: 'agent', password: 'demo-agent-password', tenant: 'demo' },
  });
  stack.simulator.faults.beforeRequest = ({ name }) => {
    requests.push(name);
  };
});
afterAll(() => stack?.close());
beforeEach(() => {
  requests = [];
});

const cases = [
  ['a wrong password', { username: 'agent', tenant: 'demo' }],
  ['an unknown user', { username: 'nobody', tenant: 'demo' }],
  ['a disabled user', { username: 'locked', tenant: 'demo', password: 'demo-locked-password' }],
  ['an unknown tenant', { username: 'agent', tenant: 'no-such-tenant' }],
  ['no tenant at all', { username: 'agent' }],
  [
    'the service account of the link',
    { username: 'gatehouse', tenant: 'demo', password: 'demo-service-password' },
  ],
  ['a user name that no server takes', { username: 'x'.repeat(10_000), tenant: 'demo' }],
  ['a user name with a NUL', { username: 'agent\0', tenant: 'demo' }],
  ['a password that no server takes', { username: 'agent', tenant: 'demo', password: 'x'.repeat(10_000) }],
  ['a password with a NUL', { username: 'agent', tenant: 'demo', password: 'demo-agent-password\0' }],
] as const;

describe('48: user enumeration', () => {
  it.each(cases)(
    '%s gets the one answer and costs the one question to a Configuration Server',
    async (_case, login) => {
      const browser = createBrowser(stack.app);
      const answer = await browser.postJson('/auth/v3/sign-in', { data: { password: 'wrong', ...login } });
      expect(answer.status).toBe(401);
      expect(answer.json()).toEqual({
        status: { code: 401, name: 'bad_credentials', message: 'The user name or the password is not right' },
      });
      expect(answer.headers['retry-after']).toBeUndefined();
      expect(requests).toEqual(['RequestAuthenticate']);
    },
  );

  it.each(cases)('%s comes back to the same page with the same words', async (_case, login) => {
    const browser = createBrowser(stack.app);
    const id = await startInteraction(stack, browser);
    const answer = await signIn(stack, browser, id, { password: 'wrong', ...login });
    expect([answer.status, answer.location]).toEqual([
      302,
      `${publicUrl}/auth/sign-in.html?error&interaction=${id}`,
    ]);
    expect((await readView(stack.app, browser, id)).error).toBe('bad_credentials');
  });

  it('what was typed for an unknown tenant never reaches the server of another one', async () => {
    const seen: string[] = [];
    stack.simulator.faults.beforeRequest = (message) => {
      seen.push(JSON.stringify(message));
    };
    await createBrowser(stack.app).postJson('/auth/v3/sign-in', {
      data: { username: 'agent', password: 'demo-agent-password', tenant: 'no-such-tenant' },
    });
    stack.simulator.faults.beforeRequest = ({ name }) => {
      requests.push(name);
    };
    expect(seen.join()).toContain('RequestAuthenticate');
    expect(seen.join()).not.toContain('demo-agent-password');
    expect(seen.join()).not.toContain('"agent"');
  });

  it('the scheme of a login tells nothing about user or tenant', async () => {
    const questions = [
      { userName: 'agent', tenant: 'demo' },
      { userName: 'nobody', tenant: 'demo' },
      { userName: 'agent', tenant: 'no-such-tenant' },
      { userName: 'demo\\agent' },
      {},
    ];
    for (const question of questions) {
      for (const body of [question, { data: question }]) {
        const answer = await createBrowser(stack.app).postJson('/auth/v3/auth-scheme', body);
        expect(answer.json()).toEqual({ status: { code: 0 }, data: { scheme: 'basic' } });
      }
    }
    expect(requests).toEqual([]);
  });
});

it('48: without any link in use an unknown tenant still costs a hash', async () => {
  const fresh = await startAuthApi();
  const answer = await createBrowser(fresh.app).postJson('/auth/v3/sign-in', {
    data: { username: 'agent', password: 'x', tenant: 'no-such-tenant' },
  });
  expect(answer.status).toBe(401);
  await fresh.close();
});
