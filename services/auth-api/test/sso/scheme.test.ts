import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, publicUrl, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { createClient, type TestClient, token } from '../stack/oauth.ts';
import { localTrial, setSignOn } from './stack/sign-on.ts';

const issuer = 'https://idp.example.com';
const agent = { username: 'agent', password: 'demo-agent-password', tenant: 'demo' };
const supervisor = { username: 'supervisor', password: 'demo-supervisor-password', tenant: 'demo' };

let stack: AuthApi;
let client: TestClient;

beforeAll(async () => {
  stack = await startAuthApi({ env: localTrial });
  client = await createClient(stack, { authorizedGrantTypes: ['password'] });
});
afterAll(() => stack?.close());

async function schemeOf(userName: string, tenant = 'demo') {
  const answer = await createBrowser(stack.app).postJson('/auth/v3/auth-scheme', {
    data: { userName, tenant },
  });
  return (answer.json() as { data: { scheme: string } }).data.scheme;
}

const passwordGrant = (user: typeof agent) => token(stack, client, { grant_type: 'password', ...user });
const signIn = async (user: typeof agent) => createBrowser(stack.app).postForm('/auth/v3/sign-in', user);

describe('a contact centre where everybody uses single sign-on', () => {
  beforeAll(() => setSignOn(stack, { oidc: { issuer, clientId: 'c' }, clientSecret: 's' }));

  it('answers the same scheme for everybody, known or not', async () => {
    expect(await Promise.all(['agent', 'nobody', 'locked', ''].map((name) => schemeOf(name)))).toEqual(
      Array(4).fill('oidc'),
    );
  });

  it('says basic for a tenant that nobody has', async () => {
    expect(await schemeOf('agent', 'nowhere')).toBe('basic');
  });

  it('takes no password, by whatever door', async () => {
    const grant = await passwordGrant(agent);
    expect([grant.status, grant.json().error]).toEqual([400, 'invalid_grant']);
    expect((await signIn(agent)).location).toBe(`${publicUrl}/auth/sign-in.html?error=sso_required`);
    const changed = await createBrowser(stack.app).postJson('/auth/v3/change-password', {
      data: { userName: 'demo\\agent', oldPassword: agent.password, newPassword: 'Another-password-1' },
    });
    expect(changed.status).toBe(403);
    expect(changed.body).toContain('identity provider');
  });
});

describe('accounts that keep their password', () => {
  beforeAll(() =>
    setSignOn(stack, { oidc: { issuer, clientId: 'c', passwordUsers: ['Agent'] }, clientSecret: 's' }),
  );

  it('sign in by it, and only they', async () => {
    expect((await passwordGrant(agent)).status).toBe(200);
    expect((await signIn(agent)).location).toBe(`${publicUrl}/auth/signed-in.html`);
    expect((await passwordGrant(supervisor)).status).toBe(400);
  });

  it('are not told apart from others: neither by the scheme nor by a refusal', async () => {
    expect(await Promise.all([schemeOf('agent'), schemeOf('supervisor')])).toEqual(['oidc', 'oidc']);
    const wrong = await passwordGrant({ ...agent, password: 'wrong' });
    const other = await passwordGrant({ ...supervisor, password: 'wrong' });
    expect(other.json()).toEqual(wrong.json());
  });
});

describe('single sign-on for some access groups', () => {
  beforeAll(() =>
    setSignOn(stack, { oidc: { issuer, clientId: 'c', accessGroups: ['Agents'] }, clientSecret: 's' }),
  );

  it('is for their members; a name that nobody has gets what a person outside gets', async () => {
    expect(await Promise.all(['agent', 'supervisor', 'nobody'].map((name) => schemeOf(name)))).toEqual([
      'oidc',
      'basic',
      'basic',
    ]);
  });

  it('takes passwords of the others, and refuses members only once theirs was right', async () => {
    expect((await passwordGrant(supervisor)).status).toBe(200);
    expect((await signIn(agent)).location).toContain('error=sso_required');
    expect((await signIn({ ...agent, password: 'wrong' })).location).toContain('error=bad_credentials');
  });
});

describe('when nobody can tell how a contact centre signs in', () => {
  it('no password is taken instead: nothing fails open', async () => {
    const alone = await startAuthApi({
      env: { ...localTrial, GATEHOUSE_ENVIRONMENT_STALE_MAX_SECONDS: '0' },
    });
    try {
      await alone.deps.contactCenters.resolve('demo');
      await alone.environmentApi.stop();
      const scheme = await createBrowser(alone.app).postJson('/auth/v3/auth-scheme', {
        data: { userName: 'agent', tenant: 'demo' },
      });
      expect(scheme.status).toBe(503);
      const other = await createClient(alone, { authorizedGrantTypes: ['password'] });
      expect((await token(alone, other, { grant_type: 'password', ...agent })).status).toBe(503);
    } finally {
      await alone.close();
    }
  });
});
