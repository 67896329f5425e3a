/** What the gate counts where several demands meet. */
import { noSecondFactor, type SecondFactorView } from '@gatehouse/contracts/environment-api';
import { type AssuranceLevel, definedOnly } from '@gatehouse/contracts/values';
import { describe, expect, it } from 'vitest';
import type { Proof } from '../../../src/core/assurance/proof.ts';
import { type Act, acts, createAdmission } from '../../../src/people/accounts/admission.ts';
import type { UserIdentity } from '../../../src/people/identity/identity.ts';
import type { AuditEvent } from '../../../src/records/audit/event.ts';
import { contactCenterId, demoContactCenter } from '../../stack/auth-api.ts';

const nowMs = Date.parse('2026-12-02T12:00:00Z');
const password: Proof = { factor: 'password', atMs: nowMs };
const device: Proof = { factor: 'rememberedDevice', atMs: nowMs };
const person = {
  ...{ sub: 'somebody', contactCenterId, environmentId: 'e', dbid: 1, tenantDbid: 1 },
  ...{ username: 'demo\\agent', loginName: 'agent', cmeUserName: 'agent' },
  authorities: [{ name: 'ROLE_AGENT', privileges: [] }],
  properties: {},
} satisfies UserIdentity;

const nothing = { totp: 0, passkeys: 0, devicePasskeys: 0, recoveryCodes: 0, rememberedDevices: 0 };

function setUp(
  secondFactor: Partial<SecondFactorView>,
  { isGone = false, held = {} }: { isGone?: boolean; held?: Partial<typeof nothing> } = {},
) {
  const events: AuditEvent[] = [];
  const view = { ...demoContactCenter, secondFactor: { ...noSecondFactor, ...secondFactor } };
  const admission = createAdmission({
    contactCenters: { get: async () => (isGone ? undefined : view) },
    keptPolicies: { counting: async ({ secondFactor }) => secondFactor, lastSeen: async () => undefined },
    held: async () => ({ ...nothing, ...held }),
    refused: { write: async (event) => void events.push(event) },
    now: () => nowMs,
  });
  const outcome = async (
    act: Act,
    proofs: Proof[],
    { minimumAcr, request }: { minimumAcr?: AssuranceLevel; request?: AssuranceLevel } = {},
  ) => {
    const client = { clientId: 'one', ...definedOnly({ minimumAcr }) };
    return Object.keys(await admission.judge(person, { act, proofs, client, request }))[0];
  };
  return { admission, events, outcome };
}

const inGrace = {
  mode: 'required',
  enrolmentGraceDays: 0,
  rememberDays: 7,
  raisedAt: new Date(nowMs - 1000).toISOString(),
} as const;

describe('the time of grace of people without a factor', () => {
  const enrolling = { ...inGrace, enrolmentGraceDays: 1 };

  it('lets them in everywhere, as long as it lasts', async () => {
    const { outcome } = setUp(enrolling);
    for (const act of acts) expect([act, await outcome(act, [password])]).toEqual([act, 'admitted']);
    const old = new Date(nowMs - 25 * 3_600_000).toISOString();
    expect(await setUp({ ...enrolling, raisedAt: old }).outcome('session', [password])).toBe('short');
  });

  // attack: sign in by the password alone in a time of grace that is for people without a factor | CWE-308 | guard: services/auth-api/src/people/accounts/admission.ts
  it('is not for somebody who has one', async () => {
    for (const held of [{ totp: 1 }, { passkeys: 1 }])
      expect(await setUp(enrolling, { held }).outcome('session', [password])).toBe('short');
  });

  it('says nothing of what the client or the request demands', async () => {
    const { outcome } = setUp(enrolling);
    expect(await outcome('session', [password], { minimumAcr: 'secondFactor' })).toBe('short');
    expect(await outcome('code', [password], { request: 'secondFactor' })).toBe('short');
  });
});

describe('where factors are offered', () => {
  it('a person who has one is asked for it by all that begins anew', async () => {
    const { outcome } = setUp({ mode: 'offered' }, { held: { totp: 1 } });
    for (const act of acts)
      expect([act, await outcome(act, [password])]).toEqual([
        act,
        act === 'refresh' || act === 'exchange' ? 'admitted' : 'short',
      ]);
    expect(await outcome('session', [password, { factor: 'totp', atMs: nowMs }])).toBe('admitted');
    expect(await setUp({ mode: 'offered' }).outcome('session', [password])).toBe('admitted');
  });
});

describe('the time of grace of refresh tokens', () => {
  it('is for them alone', async () => {
    const { outcome } = setUp(inGrace);
    for (const act of acts)
      expect([act, await outcome(act, [password])]).toEqual([act, act === 'refresh' ? 'admitted' : 'short']);
  });

  // attack: use the time of grace of a policy to get past what the client demands | CWE-863 | guard: services/auth-api/src/people/accounts/admission.ts
  it('says nothing of what the client demands, also where that is no more than the policy', async () => {
    const { outcome } = setUp(inGrace);
    expect(await outcome('refresh', [password], { minimumAcr: 'secondFactor' })).toBe('short');
    expect(await outcome('refresh', [password, device], { minimumAcr: 'secondFactor' })).toBe('admitted');
  });

  it('ends, and there is none where no policy became stricter', async () => {
    const old = new Date(nowMs - 25 * 3_600_000).toISOString();
    expect(await setUp({ ...inGrace, raisedAt: old }).outcome('refresh', [password])).toBe('short');
    expect(await setUp({ mode: 'required' }).outcome('refresh', [password])).toBe('short');
  });
});

describe('a remembered device', () => {
  it('lets its person in, and does nothing dangerous', async () => {
    const { outcome } = setUp({ mode: 'required', rememberDays: 7 });
    const outcomes = await Promise.all(acts.map((act) => outcome(act, [password, device])));
    expect(acts.filter((_act, index) => outcomes[index] === 'short')).toEqual([
      'consent',
      'passwordChange',
      'account',
      'console',
    ]);
  });

  // attack: satisfy an essential acr by a remembered device where the policy demands as much | ASVS 6.5.1 | guard: services/auth-api/src/people/accounts/admission.ts
  it('satisfies no request for a second factor, also where the contact centre demands one as well', async () => {
    const { outcome } = setUp({ mode: 'required', rememberDays: 7 });
    expect(await outcome('code', [password, device], { request: 'secondFactor' })).toBe('short');
    expect(await outcome('code', [password, device])).toBe('admitted');
  });
});

describe('a refusal', () => {
  const errorOf = async (act: Act, isGone = false) => {
    const { admission, events } = setUp({ mode: 'phishingResistant' }, { isGone });
    const error = await admission
      .admit(person, { act, proofs: [password] })
      .catch((thrown: unknown) => thrown);
    return { error: error as { name: string; status: number; challenge?: string }, events };
  };

  it.each<[Act, string, number]>([
    ['session', 'second_factor_required', 403],
    ['passwordChange', 'second_factor_required', 403],
    ['code', 'interaction_required', 400],
    ['device', 'interaction_required', 400],
    ['token', 'invalid_grant', 400],
    ['refresh', 'invalid_grant', 400],
    ['assertion', 'invalid_grant', 400],
    ['account', 'insufficient_user_authentication', 401],
  ])('of the act %s has the form of its caller, and is recorded', async (act, name, status) => {
    const { error, events } = await errorOf(act);
    expect([error.name, error.status]).toEqual([name, status]);
    expect(events).toMatchObject([
      {
        name: 'assurance_refused',
        sub: 'somebody',
        contactCenterId,
        fields: { act, need: 'phishingResistant', has: 'password', by: 'contactCenter' },
      },
    ]);
  });

  it('by a resource names the level that would do (RFC 9470)', async () => {
    const { challenge } = (await errorOf('account')).error;
    expect(challenge).toContain('error="insufficient_user_authentication"');
    expect(challenge).toContain('acr_values="urn:gatehouse:acr:phishing-resistant"');
  });

  it.each<[Act, string]>([
    ['session', 'bad_credentials'],
    ['code', 'access_denied'],
    ['token', 'invalid_grant'],
    ['account', 'access_denied'],
  ])('by a contact centre that is gone, of the act %s, is no refusal of a factor', async (act, name) => {
    const { error, events } = await errorOf(act, true);
    expect([error.name, events]).toEqual([name, []]);
  });
});
