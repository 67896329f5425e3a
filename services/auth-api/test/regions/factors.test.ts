/** Second factors in a read-only region: the primary decides, and while it is away no factor is accepted. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addApp, somebody, stepMs, stranger } from '../factors/people.ts';
import type { AuthApi } from '../stack/auth-api.ts';
import { startTwoRegions, type TwoRegions } from './two-regions.ts';

let regions: TwoRegions;
let writable: AuthApi;
let readOnly: AuthApi;
beforeAll(async () => {
  regions = await startTwoRegions();
  writable = regions.writable;
  readOnly = await regions.startReadOnly();
});
afterAll(async () => {
  await readOnly?.close();
  await regions?.close();
});

const days = { days: 30 };

async function withAll() {
  const person = somebody();
  const app = await addApp(writable, person);
  const codes = await writable.deps.factors.recovery.make(person, { by: person.sub });
  return { person, codes, code: app.codeAt(writable.deps.now() + stepMs) };
}

describe('in a read-only region', () => {
  // attack: one code in two regions, before the copy of the database is there | CWE-367 | guard: services/auth-api/src/factors/compose.ts
  it('a code counts before it is replicated, and once in both regions', async () => {
    const { person, codes, code } = await withAll();
    const [first = '', second = ''] = codes;
    expect(await readOnly.deps.factors.held(person)).toMatchObject({ totp: 1 });
    const both = [readOnly.deps.factors, writable.deps.factors];
    const steps = await Promise.all(both.map(({ totp }) => totp.verify(person, code, stranger)));
    expect(steps.filter((given) => given !== undefined)).toHaveLength(1);
    const used = await Promise.all(both.map(({ recovery }) => recovery.verify(person, first, stranger)));
    expect(used.filter((given) => given !== undefined)).toHaveLength(1);
    expect(await readOnly.deps.factors.recovery.verify(person, second, stranger)).toBeDefined();
    expect(await readOnly.deps.factors.recovery.verify(person, second, stranger)).toBeUndefined();
  });

  // attack: as many guesses again in each region | ASVS 6.3.1 | guard: services/auth-api/src/factors/compose.ts
  it('wrong codes count together with those of the other region', async () => {
    const { person, code } = await withAll();
    for (let count = 0; count < 5; count += 1)
      await (count % 2 === 0 ? readOnly : writable).deps.factors.totp.verify(person, '000000', stranger);
    for (const { deps } of [readOnly, writable])
      await expect(deps.factors.totp.verify(person, code, stranger)).rejects.toMatchObject({ status: 429 });
  });

  it('devices are remembered, and count in the other region at once', async () => {
    const { person } = await withAll();
    const given = { factor: 'totp', atMs: readOnly.deps.now(), epoch: 0 } as const;
    const device = await readOnly.deps.factors.devices.remember(person, given, days);
    expect(await writable.deps.factors.devices.verify(person, device?.value ?? '', days)).toBe(given.atMs);
    await writable.deps.factors.devices.endAll(person);
    expect(await readOnly.deps.factors.devices.verify(person, device?.value ?? '', days)).toBeUndefined();
  });

  it('nothing is added, removed or reset, and the writable region is named', async () => {
    const { person } = await withAll();
    const { totp, recovery, invitations, ends } = readOnly.deps.factors;
    const app = { name: 'x', issuer: 'x', account: 'x', digits: 6, algorithm: 'SHA1' } as const;
    for (const asked of [
      () => totp.begin(person, app),
      () => totp.confirm(person, { id: person.sub, code: '000000', reason: 'grace' }, stranger),
      () => totp.remove(person, { id: person.sub, isEnough: () => true, by: 'x' }),
      () => recovery.make(person, { by: 'x' }),
      () => invitations.make(person, { reason: 'x', by: 'x' }),
      () => invitations.redeem(person, '00000-00000', stranger),
      () => ends.reset(person, { reason: 'x', by: 'x' }),
    ])
      await expect(asked()).rejects.toMatchObject({
        ...{ status: 403, name: 'read_only_region', message: expect.stringContaining('/USW1') },
      });
  });

  // attack: cut a region off from the primary to sign in without the second factor | ASVS 16.5.3 (fail securely) | guard: services/auth-api/src/factors/store/primary.ts
  it('no code counts while the primary is away, and the answer names its region', async () => {
    const { person, codes, code } = await withAll();
    const given = { factor: 'totp', atMs: writable.deps.now(), epoch: 0 } as const;
    const device = await writable.deps.factors.devices.remember(person, given, days);
    await regions.replicated();
    await regions.primary.stop();
    const { totp, recovery, devices, held } = readOnly.deps.factors;
    for (const asked of [
      () => totp.verify(person, code, stranger),
      () => recovery.verify(person, codes[0] ?? '', stranger),
    ])
      await expect(asked()).rejects.toMatchObject({
        ...{ status: 503, message: expect.stringContaining('/USW1'), retryAfterSeconds: 1 },
      });
    // Nobody passes for somebody without a factor, and the factor is asked for.
    expect(await held(person)).toMatchObject({ totp: 1, recoveryCodes: 10, rememberedDevices: 1 });
    expect(await devices.verify(person, device?.value ?? '', days)).toBeUndefined();
    await regions.primary.start();
    const again = () => totp.verify(person, code, stranger).catch(() => undefined);
    await expect.poll(again, { timeout: 15_000, interval: 100 }).toBeDefined();
  });
});
