/** Apps and passkeys are factors of one person: what is a first one, which one is the last, and what the changes write down. */
import { createAuthenticator } from '@gatehouse/testing/webauthn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Removal } from '../../src/factors/store/lasting-factors.ts';
import type { PersonKey } from '../../src/records/revocation/revocation.ts';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { addApp, addPasskey, beginApp, confirmApp, keepsOne, somebody } from './people.ts';

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi();
});
afterAll(() => stack?.close());

const factors = () => stack.deps.factors;
const removePasskey = (person: PersonKey, id: string, isEnough: Removal['isEnough'] = () => true) =>
  factors().passkeys.service.remove(person, { id, isEnough, by: person.sub });
const taken = { status: 409, message: expect.stringContaining('has a second factor by now') };

describe('a factor that is added for a first sign-in', () => {
  // attack: add an app beside the passkey of the person, with the password alone | NIST SP 800-63B section 4.1.2 | guard: services/auth-api/src/factors/store/held.ts
  it.each(['grace', 'invitation', 'provider'] as const)(
    'by %s is refused beside any other',
    async (reason) => {
      const { totp } = factors();
      const [withPasskey, withApp] = [somebody(), somebody()];
      await addPasskey(stack, withPasskey, { reason });
      const app = await beginApp(stack, withPasskey);
      const confirmation = { id: app.id, code: app.codeAt(stack.deps.now()), reason };
      await expect(totp.confirm(withPasskey, confirmation, {})).rejects.toMatchObject(taken);
      await addApp(stack, withApp);
      await expect(addPasskey(stack, withApp, { reason })).rejects.toMatchObject(taken);
      expect(await factors().held(withPasskey)).toMatchObject({ totp: 0, passkeys: 1 });
      expect(await factors().held(withApp)).toMatchObject({ totp: 1, passkeys: 0 });
    },
  );

  it('is one, when an app and a passkey come at once', async () => {
    const person = somebody();
    const app = await beginApp(stack, person);
    const confirmation = { id: app.id, code: app.codeAt(stack.deps.now()), reason: 'grace' } as const;
    const added = await Promise.allSettled([
      factors().totp.confirm(person, confirmation, {}),
      addPasskey(stack, person, { reason: 'grace' }),
    ]);
    expect(added.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { totp, passkeys } = await factors().held(person);
    expect(totp + passkeys).toBe(1);
  });

  // attack: passkey begun before a reset and finished after it | CWE-613 | guard: services/auth-api/src/factors/passkeys/registrations.ts
  it('ends with a reset: a passkey that was begun before it is not made', async () => {
    const person = somebody();
    const meanwhile = () => factors().ends.reset(person, { reason: 'lost', by: 'ops' });
    await expect(addPasskey(stack, person, { reason: 'grace', meanwhile })).rejects.toMatchObject({
      ...{ status: 400, name: 'passkey_expired' },
    });
    expect(await factors().held(person)).toMatchObject({ passkeys: 0 });
  });
});

describe('twenty passkeys', () => {
  it('are the most, also when more are made at once', async () => {
    const person = somebody();
    for (let made = 0; made < 18; made += 1) await addPasskey(stack, person);
    const more = await Promise.allSettled([1, 2, 3, 4].map(() => addPasskey(stack, person)));
    expect(more.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(await factors().held(person)).toMatchObject({ passkeys: 20 });
  });
});

describe('a person', () => {
  it('is known by how many passkeys stay on one device', async () => {
    const person = somebody();
    await addPasskey(stack, person);
    await addPasskey(stack, person, { authenticator: createAuthenticator({ eligible: true }) });
    expect(await factors().held(person)).toEqual({
      ...{ totp: 0, passkeys: 2, devicePasskeys: 1, recoveryCodes: 0, rememberedDevices: 0 },
    });
  });

  it('gets recovery codes and remembered devices by a passkey, and loses them with the last factor', async () => {
    const person = somebody();
    const { recovery, devices } = factors();
    const passkey = await addPasskey(stack, person);
    const app = await addApp(stack, person);
    await recovery.make(person, { by: person.sub });
    const given = { factor: 'passkey', atMs: passkey.atMs, epoch: passkey.epoch } as const;
    expect(await devices.remember(person, given, { days: 30 })).toBeDefined();
    expect(await factors().held(person)).toMatchObject({ recoveryCodes: 10, rememberedDevices: 1 });

    await removePasskey(person, passkey.passkeyId, keepsOne);
    // A computer that was lost may be the device.
    expect(await factors().held(person)).toMatchObject({ totp: 1, recoveryCodes: 10, rememberedDevices: 0 });
    const last = await addPasskey(stack, person);
    await factors().totp.remove(person, { id: app.id, isEnough: keepsOne, by: person.sub });
    await expect(removePasskey(person, last.passkeyId, keepsOne)).rejects.toMatchObject({ status: 409 });
    await removePasskey(person, last.passkeyId);
    expect(Object.values(await factors().held(person))).toEqual([0, 0, 0, 0, 0]);
    expect(await factors().history(person)).toMatchObject([
      { change: 'removed', factor: 'passkey', factorId: last.passkeyId, name: 'Key', by: person.sub },
      { change: 'removed', factor: 'totp' },
      { change: 'added', factor: 'passkey', reason: 'strongestSignIn' },
      { change: 'removed', factor: 'passkey', factorId: passkey.passkeyId },
      ...[{ factor: 'recoveryCodes' }, { change: 'added', factor: 'totp' }],
      { change: 'added', factor: 'passkey', factorId: passkey.passkeyId, by: person.sub },
    ]);
  });
});

describe('a set-up that waits', () => {
  // attack: secret of an app read in another browser before the person confirms it | CWE-200 | guard: services/auth-api/src/factors/totp/store.ts
  it('is shown again to the sign-in that began it, and to no other', async () => {
    const [person, other] = [somebody(), somebody()];
    const { totp } = factors();
    const shownAs = { issuer: 'Gatehouse', account: 'demo\\mira' };
    const { id, secret, uri, codeAt } = await beginApp(stack, person);
    expect(await totp.waiting(person, id, shownAs)).toEqual({ id, secret, uri });
    const begunElsewhere = await beginApp(stack, other);
    expect(await totp.waiting(person, begunElsewhere.id, shownAs)).toBeUndefined();
    expect(await totp.waiting(other, id, shownAs)).toBeUndefined();
    await confirmApp(stack, person, { id, codeAt });
    expect(await totp.waiting(person, id, shownAs)).toBeUndefined();
  });
});
