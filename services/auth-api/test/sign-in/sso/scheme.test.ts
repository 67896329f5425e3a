import { basicAuthorization } from '@gatehouse/api-client/http';
import { browserHeader, visitorAddressHeader } from '@gatehouse/contracts/auth-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, publicUrl, serviceClient, startAuthApi } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { browserCookie, startInteraction } from '../../stack/interaction.ts';
import { authorizeUrl, createClient, type TestClient, token } from '../../stack/oauth.ts';
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

describe('48: questions about how somebody signs in', () => {
  it('are bounded by address: of IPv6 a whole /64 is one, and Auth UI says whose they are', async () => {
    const asked = await startAuthApi({ env: { ...localTrial, GATEHOUSE_SIGN_IN_STARTS_PER_MINUTE: '10' } });
    try {
      const ask = async (remoteAddress: string, headers: Record<string, string> = {}) => {
        const isAuthUi = 'authorization' in headers;
        const answer = await (isAuthUi ? asked.internalApp : asked.app).inject({
          method: 'POST',
          url: `/auth/v3/${isAuthUi ? 'internal/' : ''}auth-scheme`,
          headers,
          remoteAddress,
          payload: { data: { userName: 'agent', tenant: 'demo' } },
        });
        return answer.statusCode;
      };
      const askTimes = (times: number, address: (n: number) => string, headers = (_n: number) => ({})) =>
        Promise.all(Array.from({ length: times }, (_value, n) => ask(address(n), headers(n))));
      const ui = basicAuthorization(serviceClient.id, serviceClient.secret);
      const visitor = (address: string) => ({ authorization: ui, [visitorAddressHeader]: address });

      expect(await askTimes(10, (n) => `2001:db8::${n + 1}`)).toEqual(Array(10).fill(200));
      expect(await ask('2001:db8::ffff')).toBe(429);
      expect(await ask('2001:db8:0:1::1')).toBe(200);

      expect(
        await askTimes(
          10,
          () => '10.0.0.9',
          () => visitor('198.51.100.1'),
        ),
      ).toEqual(Array(10).fill(200));
      expect(await ask('10.0.0.9', visitor('198.51.100.1'))).toBe(429);
      expect(await ask('10.0.0.9', visitor('198.51.100.2'))).toBe(200);

      // The question that comes with a pending login counts alike.
      const browser = createBrowser(asked.app);
      const id = await startInteraction(asked, browser);
      const askForLogin = async (address: string) => {
        const binding = { [browserHeader]: browser.cookies.get(browserCookie) };
        const answer = await asked.internalApp.inject({
          method: 'POST',
          url: `/auth/v3/internal/interactions/${id}`,
          headers: { ...visitor(address), ...binding },
          payload: { data: { userName: 'agent', tenant: 'demo' } },
        });
        return answer.statusCode;
      };
      expect([await askForLogin('198.51.100.1'), await askForLogin('198.51.100.3')]).toEqual([429, 200]);

      // Nobody else is believed.
      const forged = (n: number) => ({ [visitorAddressHeader]: `192.0.2.${n}` });
      expect(await askTimes(11, () => '203.0.113.50', forged)).toContain(429);
      const forgedAtPublicHost = await asked.app.inject({
        method: 'POST',
        url: '/auth/v3/auth-scheme',
        headers: visitor('192.0.2.200'),
        remoteAddress: '203.0.113.50',
        payload: { data: { userName: 'agent', tenant: 'demo' } },
      });
      expect(forgedAtPublicHost.statusCode).toBe(429);
    } finally {
      await asked.close();
    }
  });
});

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

  // attack: password where only single sign-on is allowed | ASVS 6.3.4 | guard: services/auth-api/src/sign-in/sso/settings.ts
  it('takes no password, by whatever door', async () => {
    const grant = await passwordGrant(agent);
    expect([grant.status, grant.json().error]).toEqual([400, 'invalid_grant']);
    expect((await signIn(agent)).location).toBe(`${publicUrl}/auth/sign-in.html?error=sso_required`);
    const changed = await createBrowser(stack.app).postJson('/auth/v3/change-password', {
      data: { userName: 'demo\\agent', oldPassword: agent.password, newPassword: 'Another-password-1' },
    });
    expect(changed.status).toBe(403);
    expect(changed.body).toContain('identity provider');
    const program = await createClient(stack, { basicAuthorize: true });
    const implicit = await createBrowser(stack.app).get(authorizeUrl(program, { tenant: 'demo' }), {
      authorization: basicAuthorization('agent', agent.password),
    });
    expect(implicit.status).toBe(401);
    expect(implicit.location).toBeUndefined();
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
  // attack: password while the sign-in scheme cannot be read | ASVS 16.5.3 | guard: services/auth-api/src/sign-in/sso/settings.ts
  it('no password is taken instead: nothing fails open', async () => {
    const alone = await startAuthApi({
      env: { ...localTrial, GATEHOUSE_ENVIRONMENT_STALE_MAX_SECONDS: '0' },
    });
    try {
      await alone.deps.contactCenters.service.resolve('demo');
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
