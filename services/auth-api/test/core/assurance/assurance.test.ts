/** Which level proofs reach under a policy, which level is needed, and when one meets the other. */
import { noSecondFactor } from '@gatehouse/contracts/environment-api';
import { describe, expect, it } from 'vitest';
import { assuranceOf, type CountingRules } from '../../../src/core/assurance/assurance.ts';
import { graceEndsAtMs, isMet, needOf } from '../../../src/core/assurance/need.ts';
import { type Proof, proofsOfBefore } from '../../../src/core/assurance/proof.ts';

const password: Proof = { factor: 'password', atMs: 1000 };
const totp: Proof = { factor: 'totp', atMs: 2000 };
const code: Proof = { factor: 'recoveryCode', atMs: 2000 };
const device: Proof = { factor: 'rememberedDevice', atMs: 500 };
const remembers = { rememberDays: 7 };
const passkey = (isVerified: boolean, isEligible = false): Proof => ({
  ...{ factor: 'passkey', atMs: 3000 },
  ...{ isVerified, isEligible },
});
const provider = (...methods: string[]): Proof => ({ factor: 'provider', atMs: 4000, methods });
const ofProofs = (proofs: Proof[], rules: Partial<CountingRules> = {}, countsDevices = true) =>
  assuranceOf(proofs, { ...noSecondFactor, ...rules }, { countsDevices });

describe('the level of a sign-in', () => {
  it.each<[string, Proof[], Partial<CountingRules>, string]>([
    ['nothing', [], {}, 'password'],
    ['a password', [password], {}, 'password'],
    ['a code alone', [totp], {}, 'password'],
    ['a password and a code', [password, totp], {}, 'secondFactor'],
    [
      'a password and a code that the policy does not allow',
      [password, totp],
      { allowedFactors: ['passkey'] },
      'password',
    ],
    ['a password and a recovery code', [password, code], { allowedFactors: ['passkey'] }, 'secondFactor'],
    ['a password and a passkey', [password, passkey(false)], {}, 'phishingResistant'],
    ['a passkey that verified its user', [passkey(true)], {}, 'phishingResistant'],
    ['a passkey that did not', [passkey(false)], {}, 'password'],
    [
      'a synced passkey that the policy refuses',
      [password, passkey(true, true)],
      { syncedPasskeys: 'refused' },
      'password',
    ],
    [
      'a passkey that is not synced',
      [password, passkey(true)],
      { syncedPasskeys: 'refused' },
      'phishingResistant',
    ],
    [
      'a passkey that the policy does not allow',
      [password, passkey(true)],
      { allowedFactors: ['totp'] },
      'password',
    ],
    ['a remembered device', [password, device], remembers, 'secondFactor'],
    ['a remembered device alone', [device], remembers, 'password'],
    ['a device where none is remembered any more', [password, device], {}, 'password'],
    [
      'a device of before a stricter policy',
      [password, device],
      { ...remembers, raisedAt: new Date(500).toISOString() },
      'password',
    ],
    [
      'a device of after a stricter policy',
      [password, device],
      { ...remembers, raisedAt: new Date(499).toISOString() },
      'secondFactor',
    ],
    ['one factor at a provider', [provider('pwd')], {}, 'password'],
    ['a key at a provider that says no mfa', [provider('hwk', 'user')], {}, 'password'],
    ['several factors at a provider', [provider('pwd', 'mfa')], {}, 'secondFactor'],
    ['a key and a person at a provider', [provider('mfa', 'hwk', 'user')], {}, 'phishingResistant'],
    ['a key without a person', [provider('mfa', 'swk')], {}, 'secondFactor'],
    [
      'a provider that is not trusted',
      [provider('mfa', 'hwk', 'user')],
      { federated: 'alsoHere' },
      'password',
    ],
    ['such a provider and a code', [provider('mfa'), totp], { federated: 'alsoHere' }, 'secondFactor'],
  ])('%s', (_name, proofs, rules, level) => {
    const assurance = ofProofs(proofs, rules);
    expect(assurance.level).toBe(level);
    // A remembered device lets its person in, and is no factor in what tokens say.
    expect(assurance.amr.includes('mfa')).toBe(assurance.provedLevel !== 'password');
  });

  it('has the methods of all proofs, each once', () => {
    expect(ofProofs([password, totp, code]).amr).toEqual(['pwd', 'otp', 'mfa']);
    expect(ofProofs([provider('pwd', 'mfa')]).amr).toEqual(['pwd', 'mfa']);
    expect(ofProofs([passkey(true, true)]).amr).toEqual(['swk', 'user', 'mfa']);
  });

  it('is as old as the latest factor that it rests on; a remembered device is as old as the factor it stands for', () => {
    expect(ofProofs([password, totp, passkey(true)]).atMs).toEqual({
      ...{ password: 3000, secondFactor: 3000, phishingResistant: 3000 },
    });
    expect(ofProofs([password, totp]).atMs).toEqual({ password: 2000, secondFactor: 2000 });
    expect(ofProofs([password, device], remembers).atMs).toEqual({ password: 1000, secondFactor: 500 });
    expect(ofProofs([{ factor: 'provider', methods: ['mfa'] }]).atMs).toEqual({});
  });

  // attack: satisfy a step-up by a remembered device | ASVS 6.5.1 | guard: services/auth-api/src/core/assurance/assurance.ts
  it('does not count a remembered device where the person must be there', () => {
    expect(ofProofs([password, device], remembers, false)).toMatchObject({
      ...{ level: 'password', amr: ['pwd'] },
    });
  });

  it('is known of sessions of the release before by their methods', () => {
    expect(proofsOfBefore(['pwd'], 7)).toEqual([{ factor: 'password', atMs: 7 }]);
    expect(proofsOfBefore(['mfa'], undefined)).toEqual([
      { factor: 'provider', atMs: undefined, methods: ['mfa'] },
    ]);
    expect(ofProofs(proofsOfBefore([], 7)).level).toBe('password');
  });
});

describe('the need', () => {
  const policy = { ...noSecondFactor, requiredRoles: ['Supervisor'], phishingResistantRoles: ['Admin'] };
  const required = { ...noSecondFactor, mode: 'required' as const };
  it.each([
    ['nobody demands anything', { policy, roles: ['Agent'] }, 'password', 'contactCenter'],
    ['a role does', { policy, roles: ['Supervisor'] }, 'secondFactor', 'role'],
    [
      'the stronger of two roles does',
      { policy, roles: ['Supervisor', 'Admin'] },
      'phishingResistant',
      'role',
    ],
    ['the contact centre does', { policy: required, roles: [] }, 'secondFactor', 'contactCenter'],
    [
      'a factor is offered',
      { policy: { ...required, mode: 'offered' as const }, roles: [] },
      'password',
      'contactCenter',
    ],
    ['the client does', { policy, roles: [], client: 'secondFactor' as const }, 'secondFactor', 'client'],
    [
      'the request does',
      { policy, roles: [], request: 'phishingResistant' as const },
      'phishingResistant',
      'request',
    ],
  ])('%s', (_name, demands, level, by) => {
    expect(needOf(demands)).toMatchObject({ level, by });
  });

  // attack: ask for a weak context to lower a minimum | ASVS 10.4.3 | guard: services/auth-api/src/core/assurance/need.ts
  it('is the highest of them: no demand lowers another', () => {
    expect(needOf({ policy: required, roles: [], client: 'password', request: 'password' }).level).toBe(
      'secondFactor',
    );
    expect(needOf({ policy: required, roles: [], client: 'phishingResistant' }).level).toBe(
      'phishingResistant',
    );
  });

  it('is met by a level that was proved in time, and by no unknown time', () => {
    const need = needOf({ policy: { ...required, reauthenticateHours: 1 }, roles: [] });
    const two = ofProofs([password, totp]);
    expect(isMet(two, need, 2000 + 3_600_000)).toBe(true);
    expect(isMet(two, need, 2001 + 3_600_000)).toBe(false);
    expect(isMet(ofProofs([{ factor: 'provider', methods: ['mfa'] }]), need, 0)).toBe(false);
    expect(
      isMet(ofProofs([{ factor: 'provider', methods: ['mfa'] }]), needOf({ policy: required, roles: [] }), 0),
    ).toBe(true);
    expect(isMet(ofProofs([password]), need, 1000)).toBe(false);
  });

  it('leaves refresh tokens the time of grace after a change', () => {
    expect(graceEndsAtMs({ ...required, graceHours: 2, raisedAt: '2026-01-01T00:00:00.000Z' })).toBe(
      Date.parse('2026-01-01T02:00:00.000Z'),
    );
    expect(graceEndsAtMs(required)).toBeUndefined();
    expect(graceEndsAtMs({ ...required, raisedAt: 'never' })).toBeUndefined();
  });
});
