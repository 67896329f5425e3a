/** What the control of password policies says beside any result code, by a pretended server that speaks as 389 Directory Server. */
import { isConfigServerError } from '@gatehouse/people-directory';
import { describe, expect, it } from 'vitest';
import { operations } from '../src/wire/answers.ts';
import { policyErrors } from '../src/wire/refusals.ts';
import { passwordPolicyOid } from '../src/wire/requests.ts';
import { resultCodes } from '../src/wire/results.ts';
import { on, openBackend, settingsFor } from './directory-under-test.ts';
import { anna, der, message, pretendServer, type Request, requests } from './pretended-server.ts';

const { success, constraintViolation, invalidCredentials, unwillingToPerform } = resultCodes;
const login = { userName: 'anna', password: 'Correct-Horse-1' };
const change = { userName: 'anna', oldPassword: login.password, newPassword: 'Another-Horse-2' };

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'ok',
    (error: unknown) => (isConfigServerError(error) ? error.code : `no ConfigServerError: ${error}`),
  );

function said(messageId: number, operation: number, code: number, error?: number): Buffer {
  const answer = der(operation, der(0x0a, Buffer.of(code)), der(4, ''), der(4, ''));
  if (error === undefined) return message(messageId, answer);
  const value = der(0x30, der(0x81, Buffer.of(error)));
  return message(messageId, answer, der(0xa0, der(0x30, der(4, passwordPolicyOid), der(4, value))));
}

type Answer = [code: number, error?: number | undefined];

/** Answers the binds of the person in this order, and each change of a password by `changed`. */
async function pretend(binds: Answer[], changed: Answer[] = []) {
  /** Which connection asked for a change: `ours`, or the number of the person's. */
  const changes: string[] = [];
  const sockets: Request['socket'][] = [];
  const server = await pretendServer(({ operation, messageId, socket, answer }) => {
    if (!sockets.includes(socket)) sockets.push(socket);
    const number = sockets.indexOf(socket);
    if (operation === requests.bind && number > 0) {
      answer(said(messageId, operations.bind, ...(binds[number - 1] ?? [invalidCredentials])));
      return 'taken';
    }
    if (operation !== requests.extended) return undefined;
    answer(said(messageId, operations.extended, ...(changed[changes.length] ?? [success])));
    changes.push(number === 0 ? 'ours' : `bind ${number}`);
    return 'taken';
  }, anna);
  return { backend: openBackend([on(server.port)], settingsFor()), changes };
}

describe('a refused bind', () => {
  it.each([
    ['OpenLDAP locks', invalidCredentials, policyErrors.accountLocked, 'AccountLocked'],
    ['389 locks after wrong passwords', constraintViolation, policyErrors.accountLocked, 'AccountLocked'],
    ['389 is locked by somebody', unwillingToPerform, policyErrors.accountLocked, 'AccountLocked'],
    ['a password is over', invalidCredentials, policyErrors.passwordExpired, 'PasswordExpired'],
    ['a password is over', constraintViolation, policyErrors.passwordExpired, 'PasswordExpired'],
    ['nothing more is said', invalidCredentials, undefined, 'AuthenticationFailed'],
  ])('where %s (result %i, error %i) is %s', async (_what, code, error, name) => {
    const { backend } = await pretend([[code, error]]);
    expect(await codeOf(backend.authenticate(login))).toBe(name);
  });

  it('keeps the old password, and says of the account what a login says', async () => {
    const { backend, changes } = await pretend([[constraintViolation, policyErrors.accountLocked]]);
    expect(await codeOf(backend.changePassword(change))).toBe('AccountLocked');
    expect(changes).toEqual([]);
  });
});

describe('a refused change', () => {
  const rulesOf = (call: Promise<unknown>) =>
    call.then(
      () => 'ok',
      ({ code, details }) => [code, details],
    );

  it.each([
    [policyErrors.insufficientPasswordQuality, 'quality'],
    [policyErrors.passwordTooShort, 'min-length'],
    [policyErrors.passwordTooYoung, 'too-young'],
    [policyErrors.passwordInHistory, 'no-repeats'],
  ])('with the error %i breaks the rule %s', async (error, rule) => {
    const { backend } = await pretend([[success]], [[constraintViolation, error]]);
    expect(await rulesOf(backend.changePassword(change))).toEqual([
      'PasswordPolicyViolation',
      { rules: [rule] },
    ]);
  });

  it('without an error names no rule, except for the password that is in use', async () => {
    const refusal: Answer[] = [[constraintViolation]];
    const other = await pretend([[success]], refusal);
    const same = await pretend([[success]], refusal);
    expect(await rulesOf(other.backend.changePassword(change))).toEqual([
      'PasswordPolicyViolation',
      { rules: [] },
    ]);
    const again = { ...change, newPassword: change.oldPassword };
    expect(await rulesOf(same.backend.changePassword(again))).toEqual([
      'PasswordPolicyViolation',
      { rules: ['no-repeats'] },
    ]);
  });
});

describe('an expired password, whose owner cannot bind', () => {
  const expired: Answer = [invalidCredentials, policyErrors.passwordExpired];
  const reset: Answer = [success, policyErrors.changeAfterReset];

  it('is changed by our account, and again by the person where the server took that for a reset', async () => {
    const { backend, changes } = await pretend([expired, reset]);
    expect(await codeOf(backend.changePassword(change))).toBe('ok');
    expect(changes).toEqual(['ours', 'bind 2']);
  });

  it('is the new one even where the server lets nobody set the same password again', async () => {
    const { backend } = await pretend([expired, reset], [[success], [constraintViolation]]);
    expect(await codeOf(backend.changePassword(change))).toBe('ok');
  });

  it('is changed once where the server demands no more', async () => {
    const { backend, changes } = await pretend([expired, [success]]);
    expect(await codeOf(backend.changePassword(change))).toBe('ok');
    expect(changes).toEqual(['ours']);
  });

  it('is changed by the person alone where a login is left for that', async () => {
    const { backend, changes } = await pretend([reset]);
    expect(await codeOf(backend.changePassword(change))).toBe('ok');
    expect(changes).toEqual(['bind 1']);
  });
});

it('the account that searches is refused by name before its reset password is changed', async () => {
  const server = await pretendServer(({ operation, messageId, answer }) => {
    if (operation !== requests.bind) return undefined;
    answer(said(messageId, operations.bind, success, policyErrors.changeAfterReset));
    return 'taken';
  }, anna);
  const backend = openBackend([on(server.port)], settingsFor(), { standby: { failFastAfterMs: 300 } });
  expect(await codeOf(backend.authenticate(login))).toBe('NoEndpoint');
  expect(backend.stateReason).toContain('a new password is due');
  expect(server.seen).not.toContain(requests.search);
});
