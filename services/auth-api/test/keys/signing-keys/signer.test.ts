import { sign } from 'node:crypto';
import { signingAlgorithms } from '@gatehouse/contracts/resources';
import { decodeProtectedHeader, importJWK, jwtVerify, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishKeys } from '../../../src/keys/signing-keys/jwks.ts';
import { createSigner, type Signer } from '../../../src/keys/signing-keys/signer.ts';
import type { SigningKeyService } from '../../../src/keys/signing-keys/signing-keys.ts';
import { type KeyStack, startKeyStack } from './key-stack.ts';

const issuer = 'https://login.test/auth/v3';
const claims = { iss: issuer, sub: 's', iat: 1000, exp: 2000 };
let stack: KeyStack;
let service: SigningKeyService;
let signer: Signer;

beforeAll(async () => {
  stack = await startKeyStack();
  service = await stack.replica();
  signer = createSigner({ keys: service.keys, issuer, refreshKeys: service.refresh });
});
afterAll(() => stack?.close());

describe('a JWT of ours', () => {
  it.each(signingAlgorithms)(
    'verifies with the published %s key and a library of others',
    async (algorithm) => {
      const jwt = await signer.sign(claims, { typ: 'at+jwt' }, algorithm);
      const { kid } = decodeProtectedHeader(jwt);
      const jwk = publishKeys(service.keys.all).keys.find((key) => key.kid === kid);

      const { payload, protectedHeader } = await jwtVerify(jwt, await importJWK(jwk as never, algorithm), {
        currentDate: new Date(1_500_000),
      });
      expect(payload).toEqual(claims);
      expect(protectedHeader).toEqual({ alg: algorithm, typ: 'at+jwt', kid });
    },
  );

  it('gets its own signature when many are asked for in one turn of the event loop', async () => {
    const subjects = Array.from({ length: 100 }, (_, index) => `s${index}`);
    const jwts = await Promise.all(
      subjects.map((sub) => signer.sign({ ...claims, sub }, { typ: 'JWT' }, 'RS256')),
    );
    const found = await Promise.all(jwts.map((jwt) => signer.recognize(jwt, { typ: 'JWT' })));
    expect(found.map((each) => each?.sub)).toEqual(subjects);
  });
});

describe('39, 40, 41, 42: a JWT is recognised as ours', () => {
  it.each(signingAlgorithms)('when we signed it with %s, even when it has expired', async (algorithm) => {
    expect(
      await signer.recognize(await signer.sign(claims, { typ: 'JWT' }, algorithm), { typ: 'JWT' }),
    ).toEqual(claims);
  });

  it('but not unsigned, changed, of another type, issuer, key or algorithm, nor when it is no JWT', async () => {
    const { kid, publicJwk } = service.keys.active('RS256');
    const [head, body, signature = ''] = (await signer.sign(claims, { typ: 'JWT' })).split('.');
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid, typ: 'JWT' })
      .sign(Buffer.from(JSON.stringify(publicJwk)));
    const [ecHead, ecBody] = (await signer.sign(claims, { typ: 'JWT' }, 'ES256')).split('.');
    const signedAnew = (payload: string) => {
      const input = `${head}.${payload}`;
      const made = sign('sha256', Buffer.from(input), service.keys.active('RS256').privateKey);
      return `${input}.${made.toString('base64url')}`;
    };

    for (const jwt of [
      `${encode({ alg: 'none', typ: 'JWT', kid })}.${body}.`,
      `${encode({ alg: 'nOnE', typ: 'JWT', kid })}.${body}.AA`,
      `${head}.${body}.`,
      `${head}.${body}.${signature.slice(0, -2)}`,
      `${head}.${body}.${signature}=`,
      `${head}.${encode({ ...claims, sub: 'other' })}.${signature}`,
      `${ecHead}.${ecBody}.${Buffer.alloc(64).toString('base64url')}`,
      `${ecHead}.${ecBody}.${'A'.repeat(96)}`,
      forged,
      await signer.sign(claims, { typ: 'at+jwt' }),
      await signer.sign({ ...claims, iss: 'https://evil.test' }, { typ: 'JWT' }),
      signedAnew(encode(['not', 'an', 'object'])),
      signedAnew(encode(null)),
      signedAnew(Buffer.from('{').toString('base64url')),
      ...[
        { alg: 'RS256', typ: 'JWT', kid: '__proto__' },
        { alg: 'RS256', typ: 'JWT' },
        { alg: 'RS256', typ: 'JWT', kid: ['a'] },
        { alg: 'RS256', typ: 'JWT', kid: 'k'.repeat(5000) },
        { alg: 'ES256', typ: 'JWT', kid },
        { alg: 'RS256', typ: 'JWT', kid, crit: ['exp'] },
        { alg: 'RS256', typ: 'JWT', jwk: publicJwk },
      ].map((header) => `${encode(header)}.${body}.${signature}`),
      '',
      'a.b.c',
      'x'.repeat(20_000),
    ]) {
      expect(await signer.recognize(jwt, { typ: 'JWT' }), jwt.slice(0, 80)).toBeUndefined();
    }
  });
});
