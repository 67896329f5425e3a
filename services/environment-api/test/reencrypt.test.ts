import {
  bindPasswordPlace,
  clientSecretPlace,
  passwordPlace,
  personPasswordPlace,
  tlsKeyPlace,
} from '@gatehouse/contracts/environment-api';
import { createSecretBox, randomBytes, Secret } from '@gatehouse/service-kit/crypto';
import { createAuthority } from '@gatehouse/testing/keys';
import { createTestDatabase } from '@gatehouse/testing/postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { peopleIn } from './people-store.ts';
import { type RunningApi, startApi } from './running-api.ts';

const key = () => randomBytes(32).toString('base64');
const [oldKey, newKey] = [`old:${key()}`, `new:${key()}`];
let database: Awaited<ReturnType<typeof createTestDatabase>>;
/** A replica that still seals with the old key, and one that seals with the new one. */
let before: RunningApi;
let after: RunningApi;

beforeAll(async () => {
  database = await createTestDatabase();
  const start = (keys: string) =>
    startApi({ postgresUrl: database.url, env: { GATEHOUSE_ENCRYPTION_KEYS: keys } });
  before = await start(`${oldKey},${newKey}`);
  after = await start(`${newKey},${oldKey}`);
});
afterAll(async () => {
  await before.close();
  await after.close();
  await database.close();
});

const keyIds = async () => {
  const { rows } = await after.pool.query(
    `SELECT password_key_id AS id FROM environment.environments WHERE password IS NOT NULL
      UNION SELECT ldap_bind_password_key_id FROM environment.environments WHERE ldap IS NOT NULL
      UNION SELECT secret_key_id FROM environment.single_sign_on WHERE secret IS NOT NULL
      UNION SELECT tls_key_key_id FROM environment.environments WHERE tls_key IS NOT NULL
      UNION SELECT password_key_id FROM environment.people WHERE password IS NOT NULL
      UNION SELECT outcome_key_id FROM environment.idempotent_requests WHERE outcome IS NOT NULL ORDER BY id`,
  );
  return rows.map(({ id }) => id);
};
const oidc = { issuer: 'https://idp.example.com', clientId: 'c', clientSecret: 'idp-secret' };

async function ldapEnvironment(): Promise<string> {
  const ldap = {
    servers: [{ address: 'a' }],
    bindDn: 'cn=a',
    bindPassword: 'bind-secret',
    baseDns: ['dc=a'],
  };
  const data = { directory: 'ldap', ldap };
  return (await before.call('POST', '/environments', { payload: { data } })).body.data.id;
}

it('seals every secret with the active key while others write, and tells readers to read again', async () => {
  // One after the other: as many as that at once may be told to come again.
  const ids: string[] = [];
  for (let index = 0; index < 120; index += 1) ids.push(await before.environment({ password: `p${index}` }));
  const center = await before.contactCenter({ environmentId: ids[0] });
  await before.call('PUT', `/contact-centers/${center}/oidc`, { payload: { data: oidc } });
  const person = await peopleIn(before, ids[0] ?? '').add({ password: 'a-password-of-a-person' });
  const directory = await ldapEnvironment();
  expect(await keyIds()).toEqual(['old']);
  const first = await after.call('GET', `/environments/${ids[0]}`);
  const [result] = await Promise.all([
    after.deps.reencrypt(),
    ...ids
      .slice(0, 10)
      .map((id) => after.call('PATCH', `/environments/${id}`, { payload: { data: { localTimeout: 9 } } })),
  ]);
  expect(result.remaining).toBe(0);
  expect(result.sealed).toBeGreaterThanOrEqual(121);
  expect(await keyIds()).toEqual(['new']);
  const onlyNew = createSecretBox(new Secret(newKey));
  const { rows } = await after.pool.query(
    'SELECT id, password, local_timeout_seconds FROM environment.environments WHERE password IS NOT NULL',
  );
  const passwords = new Map(
    rows.map((row) => [row.id, onlyNew.open(row.password, passwordPlace(row.id)).toString()]),
  );
  expect(ids.map((id) => passwords.get(id))).toEqual(ids.map((_, index) => `p${index}`));
  expect(rows.filter((row) => row.local_timeout_seconds === 9)).toHaveLength(10);
  const { rows: people } = await after.pool.query('SELECT id, password FROM environment.people');
  expect(onlyNew.open(people[0].password, personPasswordPlace(person.id)).toString()).toBe(person.hash);
  const bind = await after.pool.query(
    'SELECT ldap_bind_password AS sealed FROM environment.environments WHERE id = $1',
    [directory],
  );
  expect(onlyNew.open(bind.rows[0].sealed, bindPasswordPlace(directory)).toString()).toBe('bind-secret');
  const fresh = await after.call('GET', `/environments/${ids[0]}`, {
    headers: { 'if-none-match': first.headers['etag'] as string },
  });
  expect(fresh.status).toBe(200);
  expect(await after.deps.reencrypt()).toEqual({ sealed: 0, remaining: 0 });
});

it('leaves nothing that needs the old key: without it, all is readable and a repeated POST gets its first answer', async () => {
  const authority = createAuthority();
  const mutual = authority.issue({ names: ['gatehouse'] });
  const id = await before.environment({ tls: { ca: authority.cert, mutual } });
  const center = await before.contactCenter({ environmentId: id });
  await before.call('PUT', `/contact-centers/${center}/oidc`, { payload: { data: oidc } });
  const issue = (api: RunningApi) =>
    api.call('POST', `/contact-centers/${center}/api-keys`, {
      headers: { 'idempotency-key': 'once' },
      payload: { data: { name: 'nightly' } },
    });
  const first = await issue(before);
  expect(first.body.data.key).toMatch(/^gk_/);
  expect((await after.deps.reencrypt()).remaining).toBe(0);
  expect(await keyIds()).toEqual(['new']);

  const later = await startApi({ postgresUrl: database.url, env: { GATEHOUSE_ENCRYPTION_KEYS: newKey } });
  try {
    const { key: _key, ...issued } = first.body.data;
    expect((await issue(later)).body.data).toEqual(issued);
    const { rows } = await later.pool.query(
      'SELECT password, tls_key FROM environment.environments WHERE id = $1',
      [id],
    );
    const { secretBox } = later.deps.core;
    expect(secretBox.open(rows[0].password, passwordPlace(id)).toString()).toBe('cs-password-7d1f');
    expect(secretBox.open(rows[0].tls_key, tlsKeyPlace(id)).toString()).toBe(mutual.key);
    const renewed = await later.call('PATCH', `/environments/${id}`, {
      payload: { data: { tls: { mutual: { cert: mutual.cert } } } },
    });
    expect(renewed.status).toBe(200);
    const signOn = await later.pool.query(
      'SELECT secret FROM environment.single_sign_on WHERE contact_center_id = $1',
      [center],
    );
    expect(secretBox.open(signOn.rows[0].secret, clientSecretPlace(center, '/')).toString()).toBe(
      'idp-secret',
    );
  } finally {
    await later.close();
  }
});

it('leaves a secret that a writer holds for the next time', async () => {
  const id = await before.environment();
  const client = await after.pool.connect();
  await client.query('BEGIN');
  await client.query('SELECT 1 FROM environment.environments WHERE id = $1 FOR UPDATE', [id]);
  expect(await after.deps.reencrypt()).toEqual({ sealed: 0, remaining: 1 });
  await client.query('ROLLBACK');
  client.release();
  expect(await after.deps.reencrypt()).toEqual({ sealed: 1, remaining: 0 });
});

it('stops at a secret whose key is not configured, and changes nothing of its batch', async () => {
  await before.environment();
  const without = await startApi({ postgresUrl: database.url, env: { GATEHOUSE_ENCRYPTION_KEYS: newKey } });
  try {
    await expect(without.deps.reencrypt()).rejects.toThrow(/"old" is not configured/);
    expect(await keyIds()).toEqual(['new', 'old']);
  } finally {
    await without.close();
  }
});
