/** What Active Directory says in its own words, by a pretended one: numbers of Windows, GUIDs, diagnostic messages. */
import { CfgFlag, CfgObjectState, isConfigServerError } from '@gatehouse/people-directory';
import { createAuthority } from '@gatehouse/testing/keys';
import { describe, expect, it } from 'vitest';
import { operations } from '../src/wire/answers.ts';
import { resultCodes } from '../src/wire/results.ts';
import { numbersOfTest, on, openBackend, settingsFor } from './directory-under-test.ts';
import { der, entry, message, pretendServer, type Request, requests } from './pretended-server.ts';

const guid = Buffer.from('8a7b6c5d4e3f2a1b9c8d7e6f5a4b3c2d', 'hex');
const guidText = '5d6c7b8a-3f4e-1b2a-9c8d-7e6f5a4b3c2d';
const attributes = {
  ...settingsFor().attributes,
  id: 'objectGUID',
  userName: 'sAMAccountName',
  employeeId: 'employeeID',
};
const authority = createAuthority();
const identity = authority.issue();
const tls = { ca: authority.cert };
const settings = settingsFor({ type: 'activeDirectory', attributes, tls });

/** [MS-DTYP] 2.3.3. */
const fileTime = (ms: number) => String((BigInt(ms) + 11_644_473_600_000n) * 10_000n);
const dayMs = 86_400_000;
const setAtMs = Date.UTC(2026, 0, 2, 3, 4, 5);

const anna = (messageId: number, account: Record<string, string> = {}) => {
  const values = {
    sAMAccountName: 'anna',
    userAccountControl: '512',
    pwdLastSet: fileTime(setAtMs),
    accountExpires: '9223372036854775807',
    ...account,
  };
  const texts = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));
  return entry(messageId, 'CN=Anna,OU=Staff,DC=example,DC=test', { objectGUID: [guid], ...texts });
};

const said = (messageId: number, operation: number, code: number, diagnostic: string) =>
  message(messageId, der(operation, der(0x0a, Buffer.of(code)), der(4, ''), der(4, diagnostic)));
const bindSays = (data: string) => (request: Request) =>
  request.answer(
    said(
      request.messageId,
      operations.bind,
      resultCodes.invalidCredentials,
      `80090308: LdapErr: DSID-0C09041C, comment: AcceptSecurityContext error, data ${data}, v4563`,
    ),
  );

/** `answer` gets every bind but the first, which is that of the account that searches, and what is no bind or search. */
async function pretend(account: Record<string, string> = {}, answer?: (request: Request) => void) {
  let binds = 0;
  return pretendServer(
    (request) => {
      const isOwn = request.operation === requests.bind && binds++ > 0;
      const isOther = request.operation !== requests.bind && request.operation !== requests.search;
      if (answer === undefined || !(isOwn || isOther)) return undefined;
      answer(request);
      return 'taken';
    },
    (messageId) => anna(messageId, account),
    identity,
  );
}

const login = { userName: 'anna', password: 'Correct-Horse-1' };
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'ok',
    (error: unknown) => (isConfigServerError(error) ? error.code : `no ConfigServerError: ${error}`),
  );

describe('an account of Active Directory', () => {
  it('has its GUID as the id, and is found again by the bytes of it', async () => {
    const numbers = numbersOfTest();
    const server = await pretend();
    const backend = openBackend([on(server.port)], settings, { numbers });
    const { userDbid } = await backend.authenticate(login);

    expect(await numbers.idOf(userDbid)).toBe(guidText);
    expect(await backend.readPersons({ dbid: userDbid })).toMatchObject([
      {
        userName: 'anna',
        state: CfgObjectState.enabled,
        changePasswordOnNextLogin: CfgFlag.false,
        PasswordUpdatingDate: setAtMs / 1_000,
      },
    ]);
    expect(server.bytes().includes(guid)).toBe(true);
  });

  it.each([
    ['disabled', { userAccountControl: '514' }, CfgObjectState.disabled],
    ['expired yesterday', { accountExpires: fileTime(Date.now() - dayMs) }, CfgObjectState.disabled],
    ['that expires tomorrow', { accountExpires: fileTime(Date.now() + dayMs) }, CfgObjectState.enabled],
    ['that never expires', { accountExpires: '0' }, CfgObjectState.enabled],
  ])('%s has its state', async (_what, account, state) => {
    const server = await pretend(account);

    expect(await openBackend([on(server.port)], settings).readPersons({ user_name: 'anna' })).toMatchObject([
      { state },
    ]);
  });

  it.each([
    ['52e', 'AuthenticationFailed'],
    ['525', 'AuthenticationFailed'],
    ['533', 'AuthenticationFailed'],
    ['775', 'AccountLocked'],
    ['701', 'AccountExpired'],
    ['532', 'PasswordExpired'],
    ['773', 'ok'],
  ])('that refuses a bind with the data %s gives %s', async (data, code) => {
    const server = await pretend({}, bindSays(data));
    const call = openBackend([on(server.port)], settings).authenticate(login);

    expect(await codeOf(call)).toBe(code);
    if (code === 'ok') expect(await call).toMatchObject({ changePasswordRequired: true });
  });

  it('whose password an administrator has set, or that expires soon, says so', async () => {
    const of = async (account: Record<string, string>) => {
      const server = await pretend(account);
      return openBackend([on(server.port)], settings).authenticate(login);
    };
    const expiry = 'msDS-UserPasswordExpiryTimeComputed';

    expect(await of({ pwdLastSet: '0' })).toMatchObject({ changePasswordRequired: true });
    // DONT_EXPIRE_PASSWORD.
    expect(await of({ pwdLastSet: '0', userAccountControl: '66048' })).toMatchObject({
      changePasswordRequired: false,
    });
    expect(await of({ [expiry]: fileTime(Date.now() + 3.5 * dayMs) })).toMatchObject({
      passwordExpiresInDays: 3,
    });
    expect(await of({ [expiry]: fileTime(Date.now() + 90 * dayMs) })).toMatchObject({
      passwordExpiresInDays: undefined,
    });
    expect(await of({ [expiry]: '9223372036854775807' })).toMatchObject({ passwordExpiresInDays: undefined });
  });

  it('gets another password by unicodePwd: the old one deleted, the new one added', async () => {
    const quoted = (password: string) => Buffer.from(`"${password}"`, 'utf16le');
    const server = await pretend({}, ({ messageId, answer }) =>
      answer(said(messageId, operations.modify, resultCodes.success, '')),
    );
    const backend = openBackend([on(server.port)], settings);
    const change = { userName: 'anna', oldPassword: 'Correct-Horse-1', newPassword: 'Änother-Horse-2' };

    expect(await backend.changePassword(change)).toEqual({ passwordUpdatingDate: setAtMs / 1_000 });
    expect(server.bytes().includes(quoted(change.oldPassword))).toBe(true);
    expect(server.bytes().includes(quoted(change.newPassword))).toBe(true);
  });

  it.each([
    [
      '0000052D: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0',
      53,
      'PasswordPolicyViolation',
    ],
    ['00000056: AtrErr: DSID-03191083, #1: problem 1005 (CONSTRAINT_ATT_TYPE)', 19, 'AuthenticationFailed'],
    ['00000775: AtrErr: DSID-03191083, #1:', 19, 'AccountLocked'],
    ['', 50, 'ReadOnly'],
    ['', 32, 'AuthenticationFailed'],
  ])('keeps its password where the server answers %j', async (diagnostic, code, failure) => {
    const server = await pretend({}, ({ messageId, answer }) =>
      answer(said(messageId, operations.modify, code, diagnostic)),
    );
    const change = { userName: 'anna', oldPassword: 'Correct-Horse-1', newPassword: 'Another-Horse-2' };

    expect(await codeOf(openBackend([on(server.port)], settings).changePassword(change))).toBe(failure);
  });

  it('gets no other password over plaintext', async () => {
    const server = await pretendServer(() => undefined, anna);
    const backend = openBackend([on(server.port)], { ...settings, tls: undefined });
    const change = { userName: 'anna', oldPassword: 'Correct-Horse-1', newPassword: 'Another-Horse-2' };

    expect(await codeOf(backend.changePassword(change))).toBe('ReadOnly');
    expect(server.seen).not.toContain(0x66);
  });

  it('has the groups that the server finds itself, where groups name their people by another attribute', async () => {
    const server = await pretend();
    const named = { ...settings, attributes: { ...attributes, member: 'msDS-MembersForAzRole' } };
    const backend = openBackend([on(server.port)], named);
    const { userDbid } = await backend.authenticate(login);
    await backend.readAccessGroups({ person_dbid: userDbid });

    expect(server.bytes().includes('1.2.840.113556.1.4.1941')).toBe(true);
  });
});
