/** What ends the factors of a person, what keeps their secrets readable, and what happens while PostgreSQL is away. */
import { createHash, randomUUID } from 'node:crypto';
import { reencryptDomains } from '@gatehouse/service-kit/http';
import { startPostgres } from '@gatehouse/testing/postgres';
import { watchSecret } from '@gatehouse/testing/secrets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PersonKey } from '../../src/records/revocation/revocation.ts';
import { type AuthApi, encryptionKeys, startAuthApi } from '../stack/auth-api.ts';
import { addApp, addPasskey, beginApp, somebody, stranger } from './people.ts';

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi();
});
afterAll(() => stack?.close());

const tables = [
  ...[
    'totp',
    'recovery_keys',
    'recovery_codes',
    'remembered_devices',
    'factor_invitations',
    'factor_attempts',
  ],
  ...['factor_history', 'factor_epochs', 'passkeys', 'webauthn_users'],
];

/** How many rows of the person, or of a contact centre, each table holds. */
async function rowsOf(key: Partial<PersonKey>): Promise<Record<string, number>> {
  const counted = tables.map(async (table) => {
    const { rows } = await stack.deps.stores.pool.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM auth.${table} WHERE contact_center_id = $1 AND ($2::text IS NULL OR sub = $2)`,
      [key.contactCenterId, key.sub],
    );
    return [table, rows[0]?.count ?? 0] as const;
  });
  return Object.fromEntries(await Promise.all(counted));
}

const nothing = Object.fromEntries(tables.map((table) => [table, 0]));

/** Has something in every table. */
async function withAll(person: PersonKey, at = stack) {
  const { totp, recovery, devices, invitations } = at.deps.factors;
  const app = await addApp(at, person);
  await beginApp(at, person);
  await addPasskey(at, person);
  const codes = await recovery.make(person, { by: person.sub });
  const given = { factor: 'totp', atMs: at.deps.now(), epoch: app.epoch } as const;
  const device = await devices.remember(person, given, { days: 30 });
  watchSecret(device?.value ?? '', 'cookie of a remembered device');
  await invitations.make(person, { reason: 'new telephone', by: 'ops' });
  await totp.verify(person, '000000', stranger);
  return { app, codes, device };
}

describe('everything of a person', () => {
  it('but the history goes with a reset, which says what there was', async () => {
    const [person, neighbour] = [somebody(), somebody()];
    await withAll(person);
    await withAll(neighbour);
    const before = await rowsOf(neighbour);
    expect(await stack.deps.factors.ends.reset(person, { reason: 'lost the telephone', by: 'ops' })).toEqual({
      ...{ totp: 1, passkeys: 1, devicePasskeys: 1, recoveryCodes: 10, rememberedDevices: 1 },
    });
    expect(await rowsOf(person)).toEqual({
      ...nothing,
      // Authenticators know the handle.
      ...{ factor_epochs: 1, webauthn_users: 1 },
      factor_history: (before['factor_history'] as number) + 1,
    });
    expect(await stack.deps.factors.history(person)).toMatchObject([
      { change: 'reset', reason: 'lost the telephone', by: 'ops' },
      ...[{ change: 'invited' }, { change: 'added' }, { change: 'added' }, { change: 'added' }],
    ]);
    expect(await rowsOf(neighbour)).toEqual(before);
  });

  it('goes with the erasure of the person and with the contact centre, and nothing of others', async () => {
    const contactCenterId = randomUUID();
    const [person, other] = [
      { ...somebody(), contactCenterId },
      { ...somebody(), contactCenterId },
    ];
    const sameSubject = { ...person, contactCenterId: randomUUID() };
    for (const each of [person, other, sameSubject]) await withAll(each);
    const before = await rowsOf(other);
    expect(Object.values(before).every((count) => count > 0)).toBe(true);
    await stack.deps.factors.ends.forgetPerson(person);
    expect(await rowsOf(person)).toEqual(nothing);
    expect(await rowsOf(other)).toEqual(before);
    await Promise.all(
      stack.deps.domains.map(({ follows }) => follows?.deletedContactCenter?.(contactCenterId)),
    );
    expect(await rowsOf({ contactCenterId })).toEqual(nothing);
    expect(await rowsOf(sameSubject)).toEqual(before);
  });
});

/** They name people in contact centres, and end in other ways (`operations/erasure`). */
const tablesOfOthers = ['audit_events', 'contact_center_administrators', 'installation_administrators'];

it('every table that names a person in a contact centre is of factors, or is known to be of something else', async () => {
  const { rows } = await stack.deps.stores.pool.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'auth' AND column_name = 'contact_center_id'
      INTERSECT SELECT table_name FROM information_schema.columns WHERE table_schema = 'auth' AND column_name = 'sub'`,
  );
  // A new table of factors belongs into the list above, so that it ends with its person.
  expect(rows.map(({ name }) => name).sort()).toEqual([...tables, ...tablesOfOthers].sort());
});

describe('a new encryption key', () => {
  it('seals the secrets anew, so that the former one can go and every code still counts', async () => {
    const person = somebody();
    const { app, codes } = await withAll(person);
    const newKey = `k2:${createHash('sha256').update('k2').digest('base64')}`;
    const withBoth = await startAuthApi({
      beside: stack,
      env: { GATEHOUSE_ENCRYPTION_KEYS: `${newKey},${encryptionKeys}` },
    });
    const { sealed, remaining } = await reencryptDomains(withBoth.deps.domains);
    expect([sealed > 2, remaining]).toEqual([true, 0]);
    expect((await reencryptDomains(withBoth.deps.domains)).sealed).toBe(0);
    await withBoth.close();
    const withNew = await startAuthApi({ beside: stack, env: { GATEHOUSE_ENCRYPTION_KEYS: newKey } });
    const { totp, recovery } = withNew.deps.factors;
    expect(await recovery.verify(person, codes[3] ?? '', stranger)).toBeDefined();
    const nextStep = withNew.deps.now() + 30_000;
    expect(await totp.verify(person, app.codeAt(nextStep), stranger)).toBeDefined();
    await withNew.close();
  });
});

describe('while PostgreSQL is away', () => {
  // attack: wait for an outage to sign in without the second factor | ASVS 16.5.3 (fail securely) | guard: services/auth-api/src/factors/store/primary.ts
  it('no factor is accepted, and nobody passes for somebody who has none', async () => {
    const postgres = await startPostgres();
    const alone = await startAuthApi({
      env: { GATEHOUSE_POSTGRES_URL: postgres.url, GATEHOUSE_POSTGRES_POOL_CHECKOUT_TIMEOUT_MS: '500' },
    });
    const person = somebody();
    const { app, codes, device } = await withAll(person, alone);
    const { totp, recovery, devices, invitations, held, ends } = alone.deps.factors;
    const code = app.codeAt(alone.deps.now() + 30_000);
    await postgres.stop();
    const away = { status: 503, name: 'temporarily_unavailable' };
    for (const asked of [
      () => totp.verify(person, code, stranger),
      () => recovery.verify(person, codes[0] ?? '', stranger),
      () => invitations.redeem(person, '00000-00000', stranger),
      () => totp.begin(person, { name: 'x', issuer: 'x', account: 'x', digits: 6, algorithm: 'SHA1' }),
      () => ends.reset(person, { reason: 'x', by: 'x' }),
    ])
      await expect(asked()).rejects.toMatchObject(away);
    await expect(held(person)).rejects.toMatchObject(away);
    // The factor is asked for.
    expect(await devices.verify(person, device?.value ?? '', { days: 30 })).toBeUndefined();
    await postgres.start();
    await expect
      .poll(() => totp.verify(person, code, stranger).catch(() => undefined), { timeout: 10_000 })
      .toBeDefined();
    expect(await devices.verify(person, device?.value ?? '', { days: 30 })).toBeDefined();
    await alone.close();
    await postgres.close();
  });
});
