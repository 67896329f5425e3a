/** Logins, people and groups of a real OpenLDAP. */
import { CfgFlag, CfgObjectState, isConfigServerError } from '@gatehouse/people-directory';
import {
  findSlapd,
  groupDn,
  type LdapTestServer,
  ldapNames,
  personDn,
  policyDn,
  startLdapServer,
} from '@gatehouse/testing/ldap';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { numbersOfTest, on, openBackend, settingsFor } from './directory-under-test.ts';

const password = ldapNames.personPassword;
const timeOf = (ms: number) => `${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
const hourAgo = timeOf(Date.now() - 3_600_000);
const longAgo = '20200101000000Z';

describe.skipIf(findSlapd() === undefined)('a real OpenLDAP', () => {
  let server: LdapTestServer;
  beforeAll(async () => {
    server = await startLdapServer({
      people: [
        { uid: 'anna', attributes: { employeeNumber: 'E-1', givenName: 'Anna', sn: 'Ångström' } },
        { uid: 'multi', attributes: { uid: ['multi', 'multiple'] } },
        { uid: 'Ünal, (Ext) *' },
        { uid: 'locked', attributes: { pwdAccountLockedTime: '000001010000Z' } },
        { uid: 'reset', attributes: { pwdReset: 'TRUE' } },
        { uid: 'expired', attributes: { pwdChangedTime: longAgo, pwdPolicySubentry: policyDn('short') } },
        { uid: 'grace', attributes: { pwdChangedTime: longAgo, pwdPolicySubentry: policyDn('grace') } },
        { uid: 'warned', attributes: { pwdChangedTime: hourAgo, pwdPolicySubentry: policyDn('warning') } },
        { uid: 'tries' },
        { uid: 'changer' },
        { uid: 'nobody-knows', password: '{SSHA}unusable' },
      ],
      policies: {
        short: { pwdMaxAge: '86400' },
        grace: { pwdMaxAge: '86400', pwdGraceAuthNLimit: '5' },
        warning: { pwdMaxAge: '864000', pwdExpireWarning: '863999' },
      },
      groups: [
        { cn: 'Agents', members: [personDn('anna'), groupDn('Loop')] },
        { cn: 'Floor', members: [groupDn('Agents')] },
        { cn: 'Loop', members: [groupDn('Floor')] },
        { cn: 'Site', members: [groupDn('Floor')] },
        { cn: 'Company', members: [groupDn('Site')] },
        { cn: 'Others', members: [personDn('multi')] },
      ],
    });
  });
  afterAll(() => server?.close());

  const open = (overrides: Parameters<typeof settingsFor>[0] = {}) =>
    openBackend([on(server.tlsPort)], settingsFor({ tls: { ca: server.ca }, ...overrides }));
  const codeOf = (call: Promise<unknown>) =>
    call.then(
      () => 'ok',
      (error: unknown) => (isConfigServerError(error) ? error.code : `no ConfigServerError: ${error}`),
    );

  it('signs a person in over ldaps and reads who it is', async () => {
    const backend = open();

    const user = await backend.authenticate({ userName: 'ANNA', password });
    const [person] = await backend.readPersons({ dbid: user.userDbid });

    expect(user).toMatchObject({ tenantDbid: 1, userName: 'anna', changePasswordRequired: false });
    expect(person).toMatchObject({
      DBID: user.userDbid,
      tenantDBID: 1,
      userName: 'anna',
      firstName: 'Anna',
      lastName: 'Ångström',
      emailAddress: 'anna@example.test',
      employeeID: 'E-1',
      state: CfgObjectState.enabled,
      changePasswordOnNextLogin: CfgFlag.false,
    });
    expect(backend).toMatchObject({ state: 'open', stateReason: undefined });
  });

  it('tells the first name of an account before the password is sent, which a caller can prevent', async () => {
    const backend = open();
    const told: string[] = [];
    const onAccount = async (userName: string) => void told.push(userName);

    await backend.authenticate({ userName: 'MULTIPLE', password, onAccount });
    const unknown = codeOf(backend.authenticate({ userName: 'unknown', password, onAccount }));
    expect([await unknown, told]).toEqual(['AuthenticationFailed', ['multi']]);

    const refusal = new Error('not now');
    const prevented = backend.authenticate({
      userName: 'multiple',
      password,
      onAccount: () => Promise.reject(refusal),
    });
    await expect(prevented).rejects.toMatchObject({ code: 'Aborted', cause: refusal });
    expect(await backend.readPersons({ user_name: 'multiple' })).toMatchObject([
      { userName: 'multi', otherUserName: 'multiple' },
    ]);
  });

  it('finds everybody once where one base lies in another', async () => {
    const backend = open({ baseDns: [ldapNames.peopleDn, ldapNames.suffix] });

    const { userDbid } = await backend.authenticate({ userName: 'anna', password });

    expect(await backend.readPersons({ dbid: userDbid })).toMatchObject([
      { DBID: userDbid, userName: 'anna' },
    ]);
    expect(await backend.readPersonDbids({ state: CfgObjectState.disabled })).toEqual([]);
  });

  it('signs a person in over StartTLS, and over plaintext where that is permitted', async () => {
    const ca = { ca: server.ca };
    const startTls = openBackend([on(server.port)], settingsFor({ startTls: true, tls: ca }));
    const plaintext = openBackend([on(server.port)], settingsFor());

    expect(await codeOf(startTls.authenticate({ userName: 'anna', password }))).toBe('ok');
    expect(await codeOf(plaintext.authenticate({ userName: 'anna', password }))).toBe('ok');
  });

  it('refuses a server whose certificate is not of the given authority, or has another name', async () => {
    const standby = { failFastAfterMs: 300 };
    const unknown = openBackend([on(server.tlsPort)], settingsFor({ tls: {} }), { standby });
    const named = openBackend(
      [on(server.tlsPort)],
      settingsFor({ tls: { ca: server.ca, serverName: 'ldap.example.test' } }),
      { standby },
    );

    for (const backend of [unknown, named]) {
      expect(await codeOf(backend.authenticate({ userName: 'anna', password }))).toBe('NoEndpoint');
      expect(backend.stateReason).toMatch(/certificate|does not match/);
    }
  });

  it('cannot be told from an unknown user by a wrong password or a disabled account', async () => {
    const backend = open();
    const errors = await Promise.all(
      [
        { userName: 'anna', password: 'wrong' },
        { userName: 'nobody', password },
        { userName: 'nobody-knows', password },
        { userName: 'anna', password, tenantDbid: 7 },
        { userName: 'locked', password },
      ].map((request) => backend.authenticate(request).catch((error) => [error.code, error.message])),
    );

    expect(new Set(errors.map(String)).size).toBe(1);
    expect(String(errors[0])).toContain('AuthenticationFailed');
  });

  it('reports what the password policy says after the right password', async () => {
    const backend = open();
    const of = (userName: string) => backend.authenticate({ userName, password });

    expect(await of('reset')).toMatchObject({ changePasswordRequired: true });
    expect(await of('grace')).toMatchObject({ changePasswordRequired: true });
    expect(await of('warned')).toMatchObject({ changePasswordRequired: false, passwordExpiresInDays: 9 });
    expect(await codeOf(of('expired'))).toBe('PasswordExpired');
  });

  it('reports a lock after wrong passwords', async () => {
    const backend = open();
    for (let tries = 0; tries < 4; tries += 1)
      await codeOf(backend.authenticate({ userName: 'tries', password: `wrong ${tries}` }));

    expect(await codeOf(backend.authenticate({ userName: 'tries', password }))).toBe('AccountLocked');
    // It ends by itself, so the person is not disabled.
    expect(await backend.readPersons({ user_name: 'tries' })).toMatchObject([
      { state: CfgObjectState.enabled },
    ]);
  });

  it('finds a name with every character that LDAP treats specially', async () => {
    const backend = open();
    const [person] = await backend.readPersons({ user_name: 'ünal, (ext) *' });

    expect(await codeOf(backend.authenticate({ userName: 'Ünal, (Ext) *', password }))).toBe('ok');
    expect(await backend.readAccessGroups({ person_dbid: person?.DBID ?? 0 })).toEqual([]);
  });

  it('reads persons by each term, and nobody by a term that cannot match', async () => {
    const backend = open();
    const namesOf = async (filter: object) =>
      (await backend.readPersons(filter)).map(({ userName }) => userName);

    expect(await namesOf({ email_address: 'ANNA@example.test' })).toEqual(['anna']);
    expect(await namesOf({ employee_id: 'E-1', last_name: 'ångström' })).toEqual(['anna']);
    expect(await namesOf({ user_name: 'anna', state: CfgObjectState.disabled })).toEqual([]);
    for (const none of [
      { external_id: 'x' },
      { tenant_dbid: 2 },
      { is_agent: 2 },
      { user_name: '' },
      { dbid: 0 },
    ])
      expect(await namesOf(none)).toEqual([]);
    expect(await codeOf(backend.readPersons({ skill_dbid: 1 }))).toBe('Unsupported');
  });

  it('gives the groups of a person up to the depth, also where groups name each other in a circle', async () => {
    const numbers = numbersOfTest();
    const groups = async (groupDepth: number) => {
      const settings = settingsFor({ tls: { ca: server.ca }, groupDepth });
      const backend = openBackend([on(server.tlsPort)], settings, { numbers });
      const [anna] = await backend.readPersons({ user_name: 'anna' });
      const found = await backend.readAccessGroups({ person_dbid: anna?.DBID ?? 0 });
      return found.map(({ groupInfo }) => groupInfo.name).sort();
    };

    expect(await groups(0)).toEqual(['Agents']);
    expect(await groups(1)).toEqual(['Agents', 'Floor']);
    expect(await groups(10)).toEqual(['Agents', 'Company', 'Floor', 'Loop', 'Site']);
  });

  it('changes a password by the rules of the server', async () => {
    const backend = open();
    const change = (oldPassword: string, newPassword: string) =>
      backend.changePassword({ userName: 'changer', oldPassword, newPassword });
    const ruleOf = (call: Promise<unknown>) => call.catch(({ code, details }) => [code, details]);

    expect(await codeOf(change('wrong', 'Another-Horse-2'))).toBe('AuthenticationFailed');
    expect(await ruleOf(change(password, 'short'))).toEqual([
      'PasswordPolicyViolation',
      { rules: ['min-length'] },
    ]);
    const { passwordUpdatingDate } = await change(password, 'Another-Horse-2');
    expect(Math.abs(passwordUpdatingDate - Date.now() / 1_000)).toBeLessThan(60);
    expect(await backend.readPersons({ user_name: 'changer' })).toMatchObject([
      { PasswordUpdatingDate: passwordUpdatingDate },
    ]);
    expect(await ruleOf(change('Another-Horse-2', password))).toEqual([
      'PasswordPolicyViolation',
      { rules: ['no-repeats'] },
    ]);
    expect(await codeOf(backend.authenticate({ userName: 'changer', password: 'Another-Horse-2' }))).toBe(
      'ok',
    );
    expect(await codeOf(backend.authenticate({ userName: 'changer', password }))).toBe(
      'AuthenticationFailed',
    );
  });

  it('changes a password that an administrator has reset, or that is expired', async () => {
    const backend = open();
    for (const userName of ['reset', 'expired']) {
      const change = { userName, oldPassword: password, newPassword: 'Another-Horse-2' };
      expect(await codeOf(backend.changePassword({ ...change, oldPassword: 'wrong' }))).toBe(
        'AuthenticationFailed',
      );
      expect([userName, await codeOf(backend.changePassword(change))]).toEqual([userName, 'ok']);
      expect(await backend.authenticate({ userName, password: 'Another-Horse-2' })).toMatchObject({
        changePasswordRequired: false,
      });
    }
  });
});
