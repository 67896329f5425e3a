/** People of a real OpenLDAP, through Auth API's own door: sign in, change a password, and lose what they hold. */
import {
  findSlapd,
  type LdapTestServer,
  ldapNames,
  personDn,
  policyDn,
  startLdapServer,
} from '@gatehouse/testing/ldap';
import { watchSecret } from '@gatehouse/testing/secrets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, environmentId, startAuthApi } from '../../stack/auth-api.ts';
import { type Browser, createBrowser } from '../../stack/browser.ts';
import { ldapEnvironment, pollSeconds } from '../../stack/ldap-environment.ts';
import {
  createClient,
  getCode,
  introspect,
  opsCall,
  passwordTokens,
  redeem,
  type TestClient,
  token,
} from '../../stack/oauth.ts';

const password = ldapNames.personPassword;

const longAgo = '20200101000000Z';
const uids = ['anna', 'locked', 'tries', 'changes', 'disabled', 'removed', 'reset-by-admin'];

describe.skipIf(findSlapd() === undefined)('people of an LDAP directory', () => {
  let directory: LdapTestServer;
  let stack: AuthApi;
  let client: TestClient;
  beforeAll(async () => {
    watchSecret(ldapNames.bindPassword, 'password of the account that searches');
    watchSecret(password, 'password of a person');
    directory = await startLdapServer({
      people: [
        ...uids.map((uid) => ({ uid })),
        { uid: 'must', attributes: { pwdReset: 'TRUE' } },
        { uid: 'expired', attributes: { pwdChangedTime: longAgo, pwdPolicySubentry: policyDn('short') } },
        { uid: 'off', attributes: { pwdAccountLockedTime: '000001010000Z' } },
      ],
      policies: { short: { pwdMaxAge: '86400' } },
      groups: [{ cn: 'Supervisors', members: [personDn('anna')] }],
    });
    stack = await startAuthApi({
      env: {
        GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000',
        // Each renewal reads the person.
        GATEHOUSE_REFRESH_PERSON_FRESH_MS: '0',
        GATEHOUSE_AUTHORITY_MAPPING: 'group:Supervisors=ROLE_SUPERVISOR',
      },
    });
    stack.environmentApi.environments.set(environmentId, ldapEnvironment(directory));
    client = await createClient(stack);
  });
  afterAll(async () => {
    await stack?.close();
    await directory?.close();
  });

  const login = (username: string, typed = password) =>
    createBrowser(stack.app).postJson('/auth/v3/sign-in', {
      data: { username, password: typed, tenant: 'demo' },
    });
  const nameOf = async (answer: ReturnType<typeof login>) => {
    const { status, json } = await answer;
    return `${status} ${(json() as { status: { name?: string } }).status.name ?? 'ok'}`;
  };
  const tokensOf = (username: string) =>
    passwordTokens(stack, client, { username: `demo\\${username}`, password });
  const refresh = (refresh_token: string) =>
    token(stack, client, { grant_type: 'refresh_token', refresh_token });
  const change = (userName: string, newPassword: string, oldPassword = password) =>
    createBrowser(stack.app).postJson('/auth/v3/change-password', {
      data: { userName, tenant: 'demo', oldPassword, newPassword },
    });
  const looks = () =>
    stack.environmentApi.asked.filter(({ path }) => path.includes('person-numbers?after=')).length;
  const signedIn = async (username: string): Promise<Browser> => {
    const browser = createBrowser(stack.app);
    const answer = await browser.postJson('/auth/v3/sign-in', {
      data: { username, password, tenant: 'demo' },
    });
    expect(answer.status).toBe(200);
    return browser;
  };

  it('sign in by the page of every login, with their names, groups and a number of their own', async () => {
    const browser = createBrowser(stack.app);
    const code = await getCode(stack, browser, client, {}, { username: 'Anna', password, tenant: 'demo' });
    const { access_token } = (await redeem(stack, client, code)).json();
    const info = await stack.app.inject({
      url: '/auth/v3/userinfo',
      headers: { authorization: `Bearer ${access_token}` },
    });

    expect(info.json()).toMatchObject({
      username: 'demo\\anna',
      loginName: 'anna',
      dbid: expect.any(Number),
    });
    for (const name of ['ROLE_USER', 'ROLE_SUPERVISOR', 'GROUP_Supervisors'])
      expect(JSON.stringify(info.json().authorities)).toContain(name);
  });

  it('are refused alike for a wrong password, an unknown name, an empty password and a disabled account', async () => {
    expect(await nameOf(login('anna', 'wrong'))).toBe('401 bad_credentials');
    expect(await nameOf(login('nobody'))).toBe('401 bad_credentials');
    expect(await nameOf(login('off'))).toBe('401 bad_credentials');
    expect(await nameOf(login('*'))).toBe('401 bad_credentials');
    expect(await nameOf(login('anna', ''))).toMatch(/credentials_required/);
  });

  it('hear from the page what the directory says of their account', async () => {
    expect(await nameOf(login('must'))).toBe('403 password_change_required');
    expect(await nameOf(login('expired'))).toBe('403 password_expired');
    await directory.modify(
      `dn: ${personDn('locked')}\nchangetype: modify\nreplace: pwdAccountLockedTime\npwdAccountLockedTime: ${timeOf(Date.now())}\n`,
    );
    expect(await nameOf(login('locked'))).toBe('403 account_locked');
  });

  it('change their passwords by the same endpoint, by the rules of the directory', async () => {
    expect((await change('changes', 'short')).json()).toMatchObject({
      status: { name: 'password_policy' },
      errors: [{ status: { field: 'newPassword', message: expect.stringContaining('min-length') } }],
    });
    const browser = await signedIn('changes');
    expect(await nameOf(change('changes', 'Another-Horse-2'))).toBe('200 ok');

    expect((await browser.get('/auth/v3/ping')).status).not.toBe(200);
    expect(await nameOf(login('changes'))).toBe('401 bad_credentials');
    expect(await nameOf(login('changes', 'Another-Horse-2'))).toBe('200 ok');
  });

  it.each(['must', 'expired'])('go on after the change that their account demands: %s', async (userName) => {
    expect(await nameOf(change(userName, 'Another-Horse-2'))).toBe('200 ok');
    expect(await nameOf(login(userName, 'Another-Horse-2'))).toBe('200 ok');
  });

  it('lose sessions and tokens within the poll interval when they are disabled, removed, or given another password', async () => {
    const ends: [string, string][] = [
      [
        'disabled',
        'changetype: modify\nreplace: pwdAccountLockedTime\npwdAccountLockedTime: 000001010000Z\n',
      ],
      ['removed', 'changetype: delete\n'],
      ['reset-by-admin', 'changetype: modify\nreplace: userPassword\nuserPassword: Another-Horse-2\n'],
    ];
    for (const [uid, ldif] of ends) {
      const [browser, held] = [await signedIn(uid), await tokensOf(uid)];
      // Once from its start to its end the watch has seen the person as they were.
      const before = looks();
      await expect.poll(looks, { timeout: 5_000 }).toBeGreaterThanOrEqual(before + 2);
      expect((await introspect(stack, client, held.access_token))['active']).toBe(true);

      const changedMs = performance.now();
      await directory.modify(`dn: ${personDn(uid)}\n${ldif}`);
      await expect
        .poll(async () => (await introspect(stack, client, held.access_token))['active'], {
          timeout: 5_000,
          interval: 20,
        })
        .toBe(false);
      const endedAfterMs = performance.now() - changedMs;

      expect((await browser.get('/auth/v3/ping')).status).not.toBe(200);
      expect((await refresh(held.refresh_token)).status).toBe(400);
      expect([uid, endedAfterMs < pollSeconds * 1_000 + 3_000]).toEqual([uid, true]);
    }
  });

  it('are counted by the metrics of the links', async () => {
    expect(await nameOf(login('tries'))).toBe('200 ok');
    const text = await stack.deps.kit.metrics.expose();

    expect(text).toContain(`gatehouse_config_server_open{environment="${environmentId}"} 1`);
    for (const call of ['authenticate', 'readPersons', 'readAccessGroups'])
      expect(text).toContain(
        `gatehouse_config_server_call_duration_seconds_count{call="${call}",outcome="ok"}`,
      );
  });

  it('cannot renew tokens after they were removed, also before the directory was looked at again', async () => {
    const held = await tokensOf('anna');
    await directory.modify(`dn: ${personDn('anna')}\nchangetype: delete\n`);

    const answer = await refresh(held.refresh_token);
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('invalid_grant')]);
  });

  it('cannot sign in while the directory is away, and can when it is back', async () => {
    await directory.kill();
    expect(await nameOf(login('tries'))).toBe('503 try_again');
    await directory.restart();

    await expect.poll(() => nameOf(login('tries')), { timeout: 10_000 }).toBe('200 ok');
  });

  it('are explained to an administrator with their directory', async () => {
    const explain = async (user: string) => {
      const query = new URLSearchParams({ user, contactCenter: 'demo' });
      const answer = await opsCall(stack, 'GET', `/auth/v3/ops/people/explanation?${query}`);
      const { findings } = answer.json<{ data: { findings: Record<string, string>[] } }>().data;
      return findings.map(({ name, status, message }) => `${name}: ${status} ${message}`);
    };
    const known = await explain('anna');
    expect(known).toContain('environment: ok Demo people has 1 server with its people.');
    expect(known).toContain('LDAP directory: ok It answers.');
    expect(await explain('off')).toContain('account: failed The person is disabled there.');
  });
});

function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
}
