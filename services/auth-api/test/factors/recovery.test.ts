/** Recovery codes: shown once, used once, hashed under a key of the person. */
import { watchSecret } from '@gatehouse/testing/secrets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PersonKey } from '../../src/records/revocation/revocation.ts';
import { type AuthApi, otherContactCenterId, startAuthApi } from '../stack/auth-api.ts';
import { addApp, somebody, stranger } from './people.ts';

let one: AuthApi;
let other: AuthApi;
beforeAll(async () => {
  one = await startAuthApi();
  other = await startAuthApi({ beside: one });
});
afterAll(async () => {
  await other?.close();
  await one?.close();
});

const recovery = () => one.deps.factors.recovery;
const left = async (person: PersonKey) => (await one.deps.factors.held(person)).recoveryCodes;

async function withCodes(person = somebody()) {
  const app = await addApp(one, person);
  const codes = await recovery().make(person, { by: person.sub });
  for (const code of codes) watchSecret(code, 'recovery code');
  return { person, app, codes, first: codes[0] ?? '' };
}

describe('recovery codes', () => {
  // attack: guess or compute recovery codes that are short or stored in clear | NIST SP 800-63B 3.1.2.2 | guard: services/auth-api/src/factors/recovery/service.ts
  it('are ten with 80 bits, and nothing that is stored says one', async () => {
    const { person, codes } = await withCodes();
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    const { rows } = await one.deps.stores.pool.query(
      'SELECT to_jsonb(c) || to_jsonb(k) AS row FROM auth.recovery_codes c JOIN auth.recovery_keys k USING (contact_center_id, sub) WHERE sub = $1',
      [person.sub],
    );
    expect(rows).toHaveLength(10);
    const stored = JSON.stringify(rows);
    for (const code of codes)
      for (const written of [code, code.replaceAll('-', '')])
        for (const form of [written, Buffer.from(written).toString('hex')])
          expect(stored).not.toContain(form);
  });

  it('count once, however they are typed, and only for their person and contact centre', async () => {
    const { person, codes, first } = await withCodes();
    const stillThere = codes[1] ?? '';
    const { person: neighbour } = await withCodes();
    expect(await recovery().verify(neighbour, first, stranger)).toBeUndefined();
    const elsewhere = { ...person, contactCenterId: otherContactCenterId };
    expect(await recovery().verify(elsewhere, first, stranger)).toBeUndefined();
    const typed = ` ${first.toLowerCase().replaceAll('-', ' ')} `;
    expect(await recovery().verify(person, typed, stranger)).toMatchObject({
      factor: 'recoveryCode',
      epoch: 0,
    });
    expect(await recovery().verify(person, first, stranger)).toBeUndefined();
    expect(await other.deps.factors.recovery.verify(person, stillThere, stranger)).toBeDefined();
    expect(await left(person)).toBe(8);
    expect(await one.deps.factors.history(person)).toMatchObject([
      { change: 'used', factor: 'recoveryCodes', by: person.sub },
      { change: 'used', factor: 'recoveryCodes' },
      { change: 'added', factor: 'recoveryCodes' },
      { change: 'added', factor: 'totp' },
    ]);
  });

  // attack: one recovery code in many sign-ins at once | GHSA-2299-ghjr-6vjp, CWE-367 | guard: services/auth-api/src/factors/recovery/service.ts
  it('two replicas that get one code at once accept it once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { person, first } = await withCodes();
      const given = await Promise.all(
        [one, other, one, other].map(({ deps }) => deps.factors.recovery.verify(person, first, stranger)),
      );
      expect(given.filter((each) => each !== undefined)).toHaveLength(1);
      expect(await left(person)).toBe(9);
    }
  });

  it('are replaced as a whole, and those before count no more', async () => {
    const { person, codes, first } = await withCodes();
    const next = await recovery().make(person, { by: person.sub });
    expect(next.filter((code) => codes.includes(code))).toEqual([]);
    expect(await recovery().verify(person, first, stranger)).toBeUndefined();
    expect(await recovery().verify(person, next[9] ?? '', stranger)).toBeDefined();
    const both = await Promise.all(
      [one, other].map(({ deps }) => deps.factors.recovery.make(person, { by: 'x' })),
    );
    expect(both.flat()).toHaveLength(20);
    expect(await left(person)).toBe(10);
  });

  // attack: recovery codes as the only second factor | NIST SP 800-63B 4.2 | guard: services/auth-api/src/factors/recovery/service.ts
  it('are made beside another factor alone, and go with the last one', async () => {
    await expect(recovery().make(somebody(), { by: 'x' })).rejects.toMatchObject({ status: 409 });
    const { person, app, first } = await withCodes();
    await one.deps.factors.totp.remove(person, { id: app.id, isEnough: () => true, by: person.sub });
    expect(await left(person)).toBe(0);
    expect(await recovery().verify(person, first, stranger)).toBeUndefined();
  });

  it('have a wait of a minute at most after wrong ones, counted apart from one-time codes', async () => {
    const { person, first } = await withCodes();
    for (let count = 0; count < 5; count += 1)
      expect(await recovery().verify(person, 'AAAA-AAAA-AAAA-AAAA', stranger)).toBeUndefined();
    await expect(other.deps.factors.recovery.verify(person, first, stranger)).rejects.toMatchObject({
      ...{ status: 429, retryAfterSeconds: 5 },
    });
    expect(await one.deps.factors.totp.verify(person, '000000', stranger)).toBeUndefined();
  });
});
