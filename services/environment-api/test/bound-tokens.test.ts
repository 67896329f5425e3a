/** Tokens that only their owner can use: proofs (RFC 9449 section 7) and certificates (RFC 8705 section 3). */
import { createHash, X509Certificate } from 'node:crypto';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomToken } from '@gatehouse/service-kit/crypto';
import { createAuthority } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDpopSender } from './dpop-sender.ts';
import { type RunningApi, startApi } from './running-api.ts';

const origin = 'https://login.example.com';
const path = '/locations';
const sender = createDpopSender(`${origin}/environment/v3${path}`);
const thief = createDpopSender(`${origin}/environment/v3${path}`);
const authority = createAuthority();
const own = authority.issue({ names: ['client'] }).cert;
const foreign = createAuthority('a stranger').issue({ names: ['client'] }).cert;

let api: RunningApi;

beforeAll(async () => {
  api = await startApi({
    env: {
      GATEHOUSE_DPOP_ORIGINS: `${origin},http://gauth-environment`,
      GATEHOUSE_CLIENT_CERTIFICATE_HEADER: 'x-ssl-client-cert',
      GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1/32',
    },
  });
});
afterAll(() => api.close());

const read = (headers: Record<string, string>, target = api) => target.call('GET', path, { headers });

function boundToken(cnf: { jkt?: string; 'x5t#S256'?: string }, target = api): string {
  return target.authApi.token({ internal_client: true, token_type: 'DPoP', cnf }).slice('Bearer '.length);
}

describe('a token that is bound to a key', () => {
  it('is taken with a proof for this request, by the public and by the internal address', async () => {
    const token = boundToken({ jkt: sender.jkt });
    expect((await read(sender.present(token))).status).toBe(200);
    const htu = `http://gauth-environment/environment/v3${path}`;
    expect((await read(sender.present(token, { htu }))).status).toBe(200);
  });

  it('is refused with a proof that was used before', async () => {
    const headers = sender.present(boundToken({ jkt: sender.jkt }));
    expect((await read(headers)).status).toBe(200);
    const again = await read(headers);
    expect(again.status).toBe(401);
    expect(again.body.error).toBe('invalid_dpop_proof');
  });

  // attack: replay a proof that was made for another server, whose address is the target of the request | RFC 9449 4.3, RFC 9112 3.2 | guard: packages/caller-auth/src/sender-constraint/dpop-proof.ts
  it('is refused with a proof for another server, also where the request names that server as its target', async () => {
    await api.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = api.app.server.address() as AddressInfo;
    const statusOf = (target: string, htu: string) =>
      new Promise((resolve, reject) => {
        const headers = sender.present(boundToken({ jkt: sender.jkt }), { htu });
        get({ host: '127.0.0.1', port, path: target, headers, agent: false }, (answer) =>
          resolve(answer.resume().statusCode),
        ).on('error', reject);
      });
    const plain = `/environment/v3${path}`;
    const elsewhere = `https://evil.test${plain}`;

    expect(await statusOf(plain, `${origin}${plain}`)).toBe(200);
    expect(await statusOf(plain, elsewhere)).toBe(401);
    expect(await statusOf(elsewhere, elsewhere)).toBe(400);
  });

  it('lets one of many through who come with the same proof at once', async () => {
    const headers = sender.present(boundToken({ jkt: sender.jkt }));
    const answers = await Promise.all(Array.from({ length: 20 }, () => read(headers)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it.each([
    ['for another method', { htm: 'POST' }],
    ['for another path', { htu: `${origin}/environment/v3/environments` }],
    ['for another host', { htu: `https://evil.example${'/environment/v3'}${path}` }],
    ['for another token', { ath: createHash('sha256').update('another').digest('base64url') }],
    ['without ath', { ath: undefined }],
    ['without jti', { jti: undefined }],
    ['of the past', { iat: Math.floor(Date.now() / 1000) - 3600 }],
    ['of the future', { iat: Math.floor(Date.now() / 1000) + 3600 }],
  ])('is refused with a proof %s', async (_name, claims) => {
    const answer = await read(sender.present(boundToken({ jkt: sender.jkt }), claims));
    expect(answer.status).toBe(401);
    expect(answer.body.error).toBe('invalid_dpop_proof');
    expect(answer.headers['www-authenticate']).toMatch(/^DPoP .*error="invalid_dpop_proof"/);
  });

  it('is refused with a proof of another key, without a proof, and as a bearer token', async () => {
    const token = boundToken({ jkt: sender.jkt });
    for (const headers of [
      thief.present(token),
      { authorization: `DPoP ${token}` },
      { authorization: `Bearer ${token}` },
      { ...sender.present(token), authorization: `Bearer ${token}` },
    ]) {
      const answer = await read(headers);
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toMatch(/^DPoP /);
    }
  });

  it('does not make the operator of whoever sends a proof with wrong credentials', async () => {
    const { dpop } = sender.present(boundToken({ jkt: sender.jkt }));
    expect((await read({ authorization: 'Basic b3BzOndyb25n', dpop })).status).toBe(401);
  });

  it('is refused where the addresses of this API are not configured', async () => {
    const plain = await startApi();
    try {
      const answer = await read(sender.present(boundToken({ jkt: sender.jkt }, plain)), plain);
      expect(answer.status).toBe(401);
      expect(answer.body.error_description).toContain('not told the addresses');
    } finally {
      await plain.close();
    }
  });

  it('needs a nonce where that is configured, and is told which', async () => {
    const strict = await startApi({
      env: { GATEHOUSE_DPOP_ORIGINS: origin, GATEHOUSE_DPOP_REQUIRE_NONCE: 'true' },
    });
    try {
      const token = boundToken({ jkt: sender.jkt }, strict);
      const refused = await read(sender.present(token), strict);
      expect(refused.body.error).toBe('use_dpop_nonce');
      const nonce = refused.headers['dpop-nonce'];
      const taken = await read(sender.present(token, { nonce }), strict);
      expect(taken.status).toBe(200);
      expect(taken.headers['dpop-nonce']).toBeDefined();
      expect((await read(sender.present(token, { nonce: randomToken(16) }), strict)).status).toBe(401);
    } finally {
      await strict.close();
    }
  });

  it('is answered 503 while Redis cannot tell whether the proof was used; bearer tokens are taken', async () => {
    const alone = await startApi({ env: { GATEHOUSE_DPOP_ORIGINS: origin } });
    try {
      await alone.redis.stop();
      expect((await read(sender.present(boundToken({ jkt: sender.jkt }, alone)), alone)).status).toBe(503);
      const authorization = alone.authApi.token({ internal_client: true });
      expect((await read({ authorization }, alone)).status).toBe(200);
    } finally {
      await alone.close();
    }
  });
});

describe('a token that is bound to a certificate', () => {
  const bound = () => boundToken({ 'x5t#S256': thumbprint(own) });

  it('is taken from whoever comes with it, as the trusted proxy tells', async () => {
    const headers = { authorization: `Bearer ${bound()}`, 'x-ssl-client-cert': encodeURIComponent(own) };
    expect((await read(headers)).status).toBe(200);
  });

  it('is refused with another certificate and without any', async () => {
    const authorization = `Bearer ${bound()}`;
    for (const headers of [
      { authorization, 'x-ssl-client-cert': encodeURIComponent(foreign) },
      { authorization, 'x-ssl-client-cert': 'no certificate' },
      { authorization },
    ]) {
      const answer = await read(headers as Record<string, string>);
      expect(answer.status).toBe(401);
      expect(answer.body.error).toBe('invalid_token');
    }
  });
});

function thumbprint(pem: string): string {
  return createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url');
}
