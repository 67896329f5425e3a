import { findSlapd, type LdapTestServer, ldapNames, startLdapServer } from '@gatehouse/testing/ldap';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuthApi, environmentId, startAuthApi } from '../stack/auth-api.ts';
import { createBrowser } from '../stack/browser.ts';
import { ldapEnvironment } from '../stack/ldap-environment.ts';
import { opsCall } from '../stack/oauth.ts';

const password = ldapNames.personPassword;
/** Each test has an account of its own, with three names. */
const namesOf = (uid: string) => [uid, `${uid}.second`, `third-${uid}`] as const;
const uids = ['guessed', 'changed', 'unlocked'];

describe.skipIf(findSlapd() === undefined)('an account that its directory finds by several names', () => {
  let directory: LdapTestServer;
  let stack: AuthApi;
  beforeAll(async () => {
    directory = await startLdapServer({
      people: uids.map((uid) => ({ uid, attributes: { uid: [...namesOf(uid)] } })),
      policy: { pwdMaxFailure: '6' },
    });
    stack = await startAuthApi({ env: { GATEHOUSE_SIGN_IN_ADDRESS_ATTEMPTS: '10000' } });
    stack.environmentApi.environments.set(environmentId, ldapEnvironment(directory));
  });
  afterAll(async () => {
    await stack?.close();
    await directory?.close();
  });

  const signIn = async (username: string, typed = password, browser = createBrowser(stack.app)) =>
    (await browser.postJson('/auth/v3/sign-in', { data: { username, password: typed, tenant: 'demo' } }))
      .status;
  const changePassword = async (userName: string, oldPassword: string) => {
    const data = { userName, tenant: 'demo', oldPassword, newPassword: 'another-password-1' };
    return (await createBrowser(stack.app).postJson('/auth/v3/change-password', { data })).status;
  };
  const person = (path: string, user: string, method: 'GET' | 'DELETE' = 'GET') =>
    opsCall(
      stack,
      method,
      `/auth/v3/ops/people/${path}?${new URLSearchParams({ user, contactCenter: 'demo' })}`,
    );

  // attack: budget of wrong passwords for each name of one account | RFC 4519 2.39, CWE-307 | guard: services/auth-api/src/people/accounts/account.ts
  it('has one budget of wrong passwords for all of them, and lets its owner in by each', async () => {
    const known = createBrowser(stack.app);
    const names = namesOf('guessed');
    for (const name of names) expect(await signIn(name, password, known)).toBe(200);
    const refused: number[] = [];
    for (const name of [...names, ...names])
      refused.push(await signIn(name, 'wrong', createBrowser(stack.app, '198.51.100.9')));
    expect(refused).toEqual([401, 429, 429, 429, 429, 429]);
    for (const name of names) expect(await signIn(name, password, known)).toBe(200);
  });

  it('spends the same budget by changes of the password', async () => {
    const [first, second, third] = namesOf('changed');
    expect(await changePassword(second, 'wrong')).toBe(403);
    expect(await changePassword(third, 'wrong')).toBe(429);
    expect(await signIn(third, 'wrong')).toBe(429);
    expect(await signIn(first, 'wrong')).toBe(429);
    await stack.deps.audit.drained();
    const { data } = (await opsCall(stack, 'GET', '/auth/v3/ops/audit?limit=4')).json<{
      data: { name: string }[];
    }>();
    expect(data.map(({ name }) => name)).toEqual([
      ...['login_throttled', 'login_throttled', 'login_throttled'],
      'password_change_failed',
    ]);
  });

  it('is unlocked by each of them, and explained', async () => {
    const [first, second, third] = namesOf('unlocked');
    expect(await signIn(second, 'wrong')).toBe(401);
    expect(await signIn(third)).toBe(429);
    const explained = (await person('explanation', third)).json<{
      data: { findings: { name: string; message: string }[] };
    }>().data.findings;
    expect(explained.find(({ name }) => name === 'our delays')?.message).toMatch(
      /1 wrong password is remembered/,
    );
    expect((await person('delays', third, 'DELETE')).json()).toMatchObject({
      data: { user: { userName: first }, refusals: 1 },
    });
    expect(await signIn(third)).toBe(200);
  });
});
