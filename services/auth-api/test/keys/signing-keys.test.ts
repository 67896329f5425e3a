import { createSecretBox } from '@gatehouse/service-kit/crypto/secret-box';
import { createLogger } from '@gatehouse/service-kit/logging/logger';
import { migrate } from '@gatehouse/service-kit/postgres/migrate';
import { createPool, type Pool } from '@gatehouse/service-kit/postgres/pool';
import { Secret } from '@gatehouse/service-kit/secret';
import { createTestDatabase, type TestDatabase } from '@gatehouse/testing/postgres';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSigner } from '../../src/keys/signer.ts';
import { loadSigningKeys } from '../../src/keys/signing-keys.ts';

const issuer = 'https://login.test/auth/v3';
const log = createLogger('test', { level: 'silent', format: 'json' });
const box = createSecretBox(new Secret(`k1:${Buffer.alloc(32, 1).toString('base64')}`));
let database: TestDatabase;
let pool: Pool;
const created: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const config = {
    url: new Secret(database.url),
    host: '',
    port: 0,
    database: '',
    username: '',
    password: undefined,
    ssl: 'off' as const,
    poolSize: 10,
    poolCheckoutTimeoutMs: 5000,
    statementTimeoutMs: 10_000,
  };
  await migrate(config, { schema: 'auth', folder: new URL('../../migrations/', import.meta.url), log });
  pool = createPool(config, { schema: 'auth', applicationName: 'test', log });
});
afterAll(async () => {
  await pool?.end();
  await database?.close();
});

const load = (withBox = box) =>
  loadSigningKeys(pool, withBox, async (_transaction, kid) => void created.push(kid));

describe('signing keys', () => {
  it('are made once, however many replicas start at the same time, and are the same after a restart', async () => {
    const replicas = await Promise.all(Array.from({ length: 5 }, () => load()));
    const restarted = await load();

    const kids = new Set([...replicas, restarted].map(({ active }) => active.kid));
    expect(kids.size).toBe(1);
    expect(created).toHaveLength(1);
  });

  it('are stored encrypted, and do not open with another encryption key', async () => {
    await load();
    const { rows } = await pool.query('SELECT * FROM auth.signing_keys');

    expect(rows[0].private_key).toMatch(/^v1\.k1\./);
    expect(JSON.stringify(rows)).not.toContain('PRIVATE KEY');
    expect(Object.keys(rows[0].public_jwk).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    const other = createSecretBox(new Secret(`k1:${Buffer.alloc(32, 2).toString('base64')}`));
    await expect(load(other)).rejects.toThrow();
  });
});

describe('39, 40, 41: a JWT is recognised as ours', () => {
  const claims = { iss: issuer, sub: 's', iat: 1000, exp: 2000 };

  it('when we signed it, even when it has expired', async () => {
    const signer = createSigner(await load(), issuer, () => 5_000_000);
    expect(await signer.recognize(await signer.sign(claims, 'JWT'), 'JWT')).toMatchObject({ sub: 's' });
  });

  it('but not unsigned, changed, of another type, issuer or key, nor when it is no JWT', async () => {
    const keys = await load();
    const signer = createSigner(keys, issuer, () => 1_500_000);
    const good = await signer.sign(claims, 'JWT');
    const [head, body, signature] = good.split('.');
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const hmacKey = Buffer.from(JSON.stringify(keys.active.publicJwk));
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: keys.active.kid, typ: 'JWT' })
      .sign(hmacKey);

    for (const jwt of [
      `${encode({ alg: 'none', typ: 'JWT', kid: keys.active.kid })}.${body}.`,
      `${head}.${body}.`,
      `${head}.${encode({ ...claims, sub: 'other' })}.${signature}`,
      forged,
      await signer.sign(claims, 'at+jwt'),
      await signer.sign({ ...claims, iss: 'https://evil.test' }, 'JWT'),
      `${encode({ alg: 'RS256', typ: 'JWT', kid: '__proto__' })}.${body}.${signature}`,
      `${encode({ alg: 'RS256', typ: 'JWT' })}.${body}.${signature}`,
      '',
      'a.b.c',
      'x'.repeat(10_000),
    ]) {
      expect(await signer.recognize(jwt, 'JWT'), jwt.slice(0, 80)).toBeUndefined();
    }
  });
});
