import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basicAuthorization } from '@gatehouse/api-client/http';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AuthApi, startAuthApi } from '../../stack/auth-api.ts';
import { opsCall } from '../../stack/oauth.ts';

interface KeyView {
  kid: string;
  algorithm: string;
  state: string;
  origin: string;
  publishedUntil?: string;
}

const path = '/auth/v3/ops/signing-keys';
let api: AuthApi;
let other: AuthApi;

beforeAll(async () => {
  api = await startAuthApi();
  other = await startAuthApi({ beside: api });
});
afterAll(async () => {
  await other?.close();
  await api?.close();
});

const keysOf = (answer: { json<T>(): T }) => answer.json<{ data: KeyView[] }>().data;
const list = async () => keysOf(await opsCall(api, 'GET', path));
const stateOf = async (kid: string) => (await list()).find((key) => key.kid === kid)?.state;
const importKey = (data: unknown) => opsCall(api, 'POST', path, { data });
const messageOf = (answer: { json<T>(): T }) => answer.json<{ status: { message: string } }>().status.message;
const published = async ({ app }: AuthApi) =>
  (await app.inject({ url: '/auth/v3/oauth/jwks' })).json<{ keys: { kid: string }[] }>().keys;
const kidsOf = async (replica: AuthApi) => (await published(replica)).map(({ kid }) => kid);
const pemOf = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }) as string;
const keystore = (name: string) =>
  readFileSync(new URL(`./keystores/${name}.p12`, import.meta.url)).toString('base64');

describe('administration of signing keys', () => {
  it('needs the operator, and shows no private part', async () => {
    for (const [method, url] of [
      ['GET', path],
      ['POST', path],
      ['POST', `${path}/rotate`],
      ['POST', `${path}/some/retire`],
      ['DELETE', `${path}/some`],
    ] as const) {
      const answer = await opsCall(api, method, url, undefined, basicAuthorization('ops', 'wrong'));
      expect(answer.status, `${method} ${url}`).toBe(401);
    }
    const answer = await opsCall(api, 'GET', path);
    expect(answer.status).toBe(200);
    expect(answer.body).not.toMatch(/"(?:d|p|q|n|privateKey)"|v1\.k1/);
    expect(keysOf(answer).map(({ algorithm, state }) => `${algorithm} ${state}`)).toContain('EdDSA next');
  });

  it('rotates while tokens are issued: the next keys sign on this replica at once, on the others within a second', async () => {
    const before = await list();
    const waiting = before.filter(({ state }) => state === 'next').map(({ kid }) => kid);

    const after = keysOf(await opsCall(api, 'POST', `${path}/rotate`, { data: {} }));

    const active = after.filter(({ state }) => state === 'active').map(({ kid }) => kid);
    expect(active.toSorted()).toEqual(waiting.toSorted());
    for (const { publishedUntil } of after.filter(({ state }) => state === 'retired')) {
      expect(Date.parse(publishedUntil ?? '')).toBeGreaterThan(Date.now() + 7 * 86_400_000);
    }
    const rotatedAtMs = performance.now();
    await vi.waitFor(
      () =>
        expect(other.deps.signingKeys.service.keys.active('RS256').kid).toBe(
          api.deps.signingKeys.service.keys.active('RS256').kid,
        ),
      { timeout: 5000, interval: 10 },
    );
    expect(performance.now() - rotatedAtMs).toBeLessThan(1000);
    expect((await kidsOf(other)).toSorted()).toEqual((await kidsOf(api)).toSorted());
  });

  it('changes nothing for a caller who has seen other keys, and asks those who send no If-Match for nothing', async () => {
    const read = await opsCall(api, 'GET', path);
    const seen = { 'if-match': String(read.headers['etag']) };
    const change = (method: 'POST' | 'DELETE', step: string, headers = seen) =>
      opsCall(api, method, `${path}${step}`, undefined, undefined, headers);
    const answers = await Promise.all([change('POST', '/rotate'), change('POST', '/rotate')]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    const after = await opsCall(api, 'GET', path);
    const kid = keysOf(after).find(({ state }) => state === 'active')?.kid;
    expect(
      keysOf(after)
        .filter(({ state }) => state === 'active')
        .map((key) => key.kid)
        .toSorted(),
    ).toEqual(
      keysOf(read)
        .filter(({ state }) => state === 'next')
        .map((key) => key.kid)
        .toSorted(),
    );
    expect((await change('POST', `/${kid}/retire`)).status).toBe(412);
    expect((await change('DELETE', `/${kid}`)).status).toBe(412);
    const done = answers.find(({ status }) => status === 200);
    expect(done?.headers['etag']).toBe(after.headers['etag']);
    const tag = { 'if-match': String(after.headers['etag']) };
    expect((await change('POST', `/${kid}/retire`, tag)).status).toBe(200);
    expect((await change('POST', '/rotate', {} as typeof seen)).status).toBe(200);
  });

  it('rotates one algorithm alone, and without a body all of them', async () => {
    const kidOf = (keys: KeyView[], algorithm: string) =>
      keys.find((key) => key.algorithm === algorithm && key.state === 'active')?.kid;
    const before = await list();
    const one = keysOf(await opsCall(api, 'POST', `${path}/rotate`, { data: { algorithm: 'ES256' } }));
    expect(kidOf(one, 'ES256')).not.toBe(kidOf(before, 'ES256'));
    expect(kidOf(one, 'RS256')).toBe(kidOf(before, 'RS256'));

    const all = keysOf(await opsCall(api, 'POST', `${path}/rotate`));
    expect(kidOf(all, 'RS256')).not.toBe(kidOf(one, 'RS256'));
    const refused = await opsCall(api, 'POST', `${path}/rotate`, { data: { algorithm: 'HS256' } });
    expect(refused.status).toBe(400);
    expect(refused.body).toContain('data.algorithm');
  });

  it('takes {} where no body is, and no algorithm in the wrong place', async () => {
    const send = (url: string, body: object) => opsCall(api, 'POST', `${path}${url}`, body);
    const rotated = await send('/rotate', {});
    const active = keysOf(rotated).find(({ state }) => state === 'active');

    expect(rotated.status).toBe(200);
    expect((await send(`/${active?.kid}/retire`, {})).status).toBe(200);
    expect((await send('/rotate', { algorithm: 'RS256' })).status).toBe(400);
  });

  it('retires a key, which stays published, and removes one that leaked, everywhere within a second', async () => {
    const active = api.deps.signingKeys.service.keys.active('EdDSA').kid;
    const retired = keysOf(await opsCall(api, 'POST', `${path}/${active}/retire`));
    expect(retired.find(({ kid }) => kid === active)?.state).toBe('retired');
    expect(await kidsOf(api)).toContain(active);
    expect((await opsCall(api, 'POST', `${path}/${active}/retire`)).status).toBe(409);

    await vi.waitFor(async () =>
      expect(await kidsOf(other)).toContain(api.deps.signingKeys.service.keys.active('EdDSA').kid),
    );
    const removedAtMs = performance.now();
    expect((await opsCall(api, 'DELETE', `${path}/${active}`)).status).toBe(200);
    expect(await kidsOf(api)).not.toContain(active);
    await vi.waitFor(async () => expect(await kidsOf(other)).not.toContain(active), { interval: 10 });
    expect(performance.now() - removedAtMs).toBeLessThan(1000);
    for (const [method, url] of [
      ['DELETE', `${path}/${active}`],
      ['POST', `${path}/${active}/retire`],
    ] as const) {
      const answer = await opsCall(api, method, url);
      expect(answer.status).toBe(404);
      expect(messageOf(answer)).toContain(active);
    }
  });

  it('leaves an audit event of every step with its author', async () => {
    await opsCall(api, 'POST', `${path}/rotate`, { data: { algorithm: 'EdDSA' } });
    const { rows } = await api.deps.stores.pool.query(
      `SELECT name, fields FROM auth.audit_events WHERE name LIKE 'signing_key%' ORDER BY seq DESC LIMIT 3`,
    );
    expect(rows.map(({ name, fields }) => [name, fields.actor, fields.algorithm]).toReversed()).toEqual([
      ['signing_key_retired', 'ops', 'EdDSA'],
      ['signing_key_rotated', 'ops', 'EdDSA'],
      ['signing_key_created', 'ops', 'EdDSA'],
    ]);
  });

  it('tells the age of the keys that sign', async () => {
    const text = await api.deps.kit.metrics.expose();
    expect(text).toMatch(/gatehouse_signing_key_age_seconds\{algorithm="RS256"\} \d/);
  });
});

describe('import of a key that an estate has already', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const ed = generateKeyPairSync('ed25519').privateKey;
  const smallRsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const otherCurve = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
  const encrypted = ec.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' });

  it.each([
    ['PEM, PKCS#8', { pem: pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey) }, 'RS256'],
    [
      'PEM, PKCS#1, after a certificate',
      {
        pem: `-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n${rsa.export({ type: 'pkcs1', format: 'pem' })}`,
      },
      'RS256',
    ],
    ['encrypted PEM', { pem: encrypted, password: 'secret' }, 'ES256'],
    [
      'JWK',
      { jwk: { ...ed.export({ format: 'jwk' }), kid: 'kept-2024', alg: 'EdDSA', use: 'sig' } },
      'EdDSA',
    ],
    ['keystore with an EC key', { pkcs12: keystore('ec'), password: 'changeit' }, 'ES256'],
    ['keystore of an old Java', { pkcs12: keystore('legacy-rsa'), password: 'changeit' }, 'RS256'],
    ['keystore with two keys', { pkcs12: keystore('two-rsa'), password: 'changeit', alias: 'new' }, 'RS256'],
  ])('%s: published at once, signs after the next rotation', async (_name, data, algorithm) => {
    const answer = await importKey(data);
    expect(answer.body).not.toContain('PRIVATE');
    const { data: key } = answer.json<{ data: KeyView }>();
    expect(key).toMatchObject({ algorithm, state: 'next', origin: 'imported' });
    expect(await kidsOf(api)).toContain(key.kid);

    await opsCall(api, 'POST', `${path}/rotate`, { data: { algorithm } });
    expect(await stateOf(key.kid)).toBe('active');
    const jwt = await api.deps.signingKeys.signer.sign(
      { iss: api.deps.core.issuer },
      { typ: 'JWT' },
      key.algorithm as 'RS256',
    );
    const { protectedHeader } = await jwtVerify(
      jwt,
      createLocalJWKSet({ keys: (await published(api)) as never }),
    );
    expect(protectedHeader.kid).toBe(key.kid);
    const again = await importKey(data);
    expect([again.status, messageOf(again)]).toEqual([409, `The key ${key.kid} is there already`]);
  });

  it('keeps the name that a JWK has, and lets a key sign at once where that is asked for', async () => {
    const jwk = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid: 'at-once' };
    const answer = await importKey({ jwk, state: 'active' });
    expect(answer.json<{ data: KeyView }>().data).toMatchObject({ kid: 'at-once', state: 'active' });
    expect(api.deps.signingKeys.service.keys.active('EdDSA').kid).toBe('at-once');
  });

  it.each([
    ['nothing', {}, 'send one of pem, pkcs12 and jwk'],
    ['two at once', { pem: 'x', jwk: { kty: 'RSA' } }, 'send one of pem, pkcs12 and jwk'],
    [
      'a certificate',
      { pem: '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----' },
      'data.pem: has no private key',
    ],
    [
      'a broken block',
      { pem: '-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----' },
      'data.pem: is no readable private key',
    ],
    [
      'an encrypted PEM without its password',
      { pem: encrypted },
      'data.pem: is encrypted: send its password too',
    ],
    [
      'an encrypted PEM with a wrong password',
      { pem: encrypted, password: 'wrong' },
      'data.pem: does not open with this password',
    ],
    [
      'a short RSA key',
      { pem: pemOf(smallRsa) },
      'data.pem: an RSA key must have 2048 to 4096 bits, this one has 1024',
    ],
    [
      'an RSA key with a small public exponent',
      { pem: pemOf(generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).privateKey) },
      'data.pem: the key has the public exponent 3',
    ],
    ['another curve', { pem: pemOf(otherCurve) }, 'data.pem: an EC key must be on the curve P-256'],
    ['a public JWK', { jwk: createPublicJwk(ec) }, 'data.jwk: is no private key'],
    [
      'a JWK for encryption',
      { jwk: { ...ec.export({ format: 'jwk' }), use: 'enc' } },
      'data.jwk: its use is enc',
    ],
    [
      'a JWK of another alg',
      { jwk: { ...rsa.export({ format: 'jwk' }), alg: 'PS256' } },
      'data.jwk: its alg is PS256',
    ],
    [
      'a JWK of two keys',
      {
        jwk: {
          ...ec.export({ format: 'jwk' }),
          d: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }).d,
        },
      },
      'data.jwk: ',
    ],
    ['no base64', { pkcs12: '$$$' }, 'data.pkcs12'],
    ['no keystore', { pkcs12: 'AAAAAAAA' }, 'data.pkcs12: is no PKCS#12 file'],
    ['a short text', { pkcs12: 'AA==' }, 'data.pkcs12: is no PKCS#12 file'],
    [
      'a JKS keystore',
      { pkcs12: Buffer.from('feedfeed00000002', 'hex').toString('base64') },
      'data.pkcs12: is a JKS keystore: convert it with keytool',
    ],
    [
      'a keystore with a wrong password',
      { pkcs12: keystore('ec'), password: 'wrong' },
      'data.pkcs12: does not open with this password',
    ],
    [
      'a keystore with two keys',
      { pkcs12: keystore('two-rsa'), password: 'changeit' },
      'data.pkcs12: has several private keys: choose an alias of ',
    ],
    [
      'a missing alias',
      { pkcs12: keystore('ec'), password: 'changeit', alias: 'none' },
      'data.pkcs12: has no private key named none: it has sign',
    ],
    ['an unknown field', { pem: 'x', passphrase: 'secret' }, 'passphrase'],
  ])('is refused for %s, and says why', async (_name, data, message) => {
    const answer = await importKey(data);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain(message);
    expect(answer.body).not.toContain('secret');
  });

  it('never logs what was sent', () => {
    expect(api.logged()).not.toMatch(/BEGIN [A-Z ]*PRIVATE|MII|changeit/);
  });
});

function createPublicJwk(key: KeyObject) {
  const { d: _private, ...jwk } = createPrivateKey(key.export({ type: 'pkcs8', format: 'pem' })).export({
    format: 'jwk',
  });
  return jwk;
}
