import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { publicUrl } from '../stack/auth-api.ts';
import { createDpopKey, type ProofFor, privateJwkOf, provenBy } from '../stack/dpop.ts';
import { introspect } from '../stack/oauth.ts';
import { ask, bound, free, key, now, other, replica, stack, startDpopClients } from './dpop-clients.ts';

startDpopClients();

describe('44: a token request with a DPoP proof (RFC 9449 section 5)', () => {
  it('gets a token of the type DPoP that introspection shows to be bound to the key', async () => {
    const answer = await ask(free, await provenBy(key));

    expect([answer.status, answer.json<{ token_type: string }>().token_type]).toEqual([200, 'DPoP']);
    expect(await introspect(stack, free, answer.json().access_token)).toMatchObject({
      active: true,
      token_type: 'DPoP',
      cnf: { jkt: key.jkt },
    });
  });

  it.each(['ES256', 'PS256', 'EdDSA', 'Ed25519'])('takes a proof by %s', async (alg) => {
    expect((await ask(bound, await provenBy(await createDpopKey(alg)))).status).toBe(200);
  });

  it('is refused as invalid_request without a proof where the client registered for bound tokens', async () => {
    const answer = await ask(bound);

    expect([answer.status, answer.json().error]).toEqual([400, 'invalid_request']);
    expect(answer.json().error_description).toContain('DPoP');
  });

  it('stays a bearer request without a proof where the client did not', async () => {
    expect((await ask(free)).json<{ token_type: string }>().token_type).toBe('bearer');
  });

  it('takes clocks that are 10 s wrong, spellings of one address, and claims that mean nothing here', async () => {
    const answers = await Promise.all(
      [
        { claims: { iat: now() + 10 } },
        { claims: { iat: now() - 10 } },
        { claims: { nbf: now(), exp: now() + 300 } },
        { claims: { htu: 'HTTPS://LOGIN.TEST:443/auth/v3/oauth/token?a=b#c' } },
        { claims: { extra: true }, header: { extra: 'value' } },
      ].map(async (proof) => ask(bound, await provenBy(key, proof))),
    );

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });

  it.each<[string, ProofFor]>([
    ['another method', { claims: { htm: 'GET' } }],
    ['no method', { claims: { htm: undefined } }],
    ['another address', { claims: { htu: `${publicUrl}/auth/v3/oauth/par` } }],
    ['another host', { claims: { htu: 'https://other.test/auth/v3/oauth/token' } }],
    ['an address that is no text', { claims: { htu: [`${publicUrl}/auth/v3/oauth/token`] } }],
    ['no address', { claims: { htu: undefined } }],
    ['no jti', { claims: { jti: undefined } }],
    ['an endless jti', { claims: { jti: 'j'.repeat(257) } }],
    ['no time', { claims: { iat: undefined } }],
    ['a time 60 s ahead', { claims: { iat: now() + 75 } }],
    ['a time an hour ago', { claims: { iat: now() - 3600 } }],
    ['a time that is a text', { claims: { iat: String(now()) } }],
    ['an end that has passed', { claims: { exp: now() - 60 } }],
    ['another typ', { header: { typ: 'JWT' } }],
    ['no typ', { header: { typ: undefined } }],
    ['no key', { header: { jwk: undefined } }],
    ['a key that is none', { header: { jwk: { kty: 'EC' } } }],
  ])('is refused as invalid_dpop_proof with %s', async (_name, proof) => {
    const answer = await ask(bound, await provenBy(key, proof));

    expect([answer.status, answer.json().error]).toEqual([400, 'invalid_dpop_proof']);
  });

  // attack: private key in the header of a proof | RFC 9449 4.3 | guard: packages/caller-auth/src/sender-constraint/dpop-proof.ts
  it('is refused with a private key in the header, and does not say what it was', async () => {
    const jwk = await privateJwkOf(key);
    const answer = await ask(bound, await provenBy(key, { header: { jwk } }));

    expect(answer.json()).toEqual({
      error: 'invalid_dpop_proof',
      error_description: 'The DPoP proof is refused: its jwk holds a private key',
    });
    expect(stack.logged()).not.toContain(jwk.d);
  });

  // attack: proof by a symmetric or weak algorithm | RFC 9449 4.3, RFC 8725 3.1 | guard: packages/caller-auth/src/sender-constraint/dpop-proof.ts
  it('is refused with a symmetric or no algorithm, with RS256, a foreign signature, and texts that are no JWT', async () => {
    const { dpop } = await provenBy(key);
    const [, payload = '', signature = ''] = dpop.split('.');
    const headed = (alg: string, jwk: unknown = key.jwk) =>
      Buffer.from(JSON.stringify({ typ: 'dpop+jwt', alg, jwk })).toString('base64url');
    const symmetric = `${headed('HS256', { kty: 'oct', k: 'a2V5' })}.${payload}`;
    const forged = [
      `${headed('none')}.${payload}.`,
      `${headed('nOnE')}.${payload}.${signature}`,
      `${symmetric}.${createHmac('sha256', 'key').update(symmetric).digest('base64url')}`,
      (await provenBy(await createDpopKey('RS256'))).dpop,
      (await provenBy(other, { header: { jwk: key.jwk } })).dpop,
      `${dpop}, ${dpop}`,
      dpop.slice(0, -6),
      'not-a-jwt',
      '...',
      `${'a'.repeat(9000)}`,
    ];
    for (const proof of forged) {
      const answer = await ask(bound, { dpop: proof });
      expect([answer.status, answer.json().error, proof.slice(0, 20)]).toEqual([
        400,
        'invalid_dpop_proof',
        proof.slice(0, 20),
      ]);
    }
  });

  // attack: replay of a DPoP proof | RFC 9449 11.1 | guard: services/auth-api/src/oauth/client-authentication/sender-constraints.ts
  it('counts once, on every replica', async () => {
    const proof = await provenBy(key);
    const answers = await Promise.all([stack, replica, stack, replica].map((at) => ask(bound, proof, at)));

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400]);
    expect((await ask(bound, proof)).json().error).toBe('invalid_dpop_proof');
  });

  it('is not used up by somebody who does not prove to be the client', async () => {
    const proof = await provenBy(key);

    expect((await ask({ ...bound, clientSecret: 'wrong-secret' }, proof)).status).toBe(401);
    expect((await ask(bound, proof)).status).toBe(200);
  });
});
