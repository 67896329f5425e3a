import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { presentedBy, provenBy } from '../stack/dpop.ts';
import { createClient, opsCall } from '../stack/oauth.ts';
import {
  ask,
  bound,
  free,
  key,
  other,
  replica,
  stack,
  startDpopClients,
  userInfo,
  userToken,
} from './dpop-clients.ts';

startDpopClients();

describe('44: a bound token at a resource of ours (RFC 9449 section 7)', () => {
  it('is taken with its proof, by GET and by POST, whatever the case of the scheme', async () => {
    const { access_token } = await userToken(bound);
    const posted = await presentedBy(key, access_token, { method: 'POST' });
    const cased = { ...(await presentedBy(key, access_token)), authorization: `dpop ${access_token}` };

    expect((await userInfo(await presentedBy(key, access_token))).statusCode).toBe(200);
    expect((await userInfo(posted, 'POST')).statusCode).toBe(200);
    expect((await userInfo(cased)).statusCode).toBe(200);
  });

  // attack: bound token used as bearer token | RFC 9449 7.2, ASVS 10.3.5 | guard: packages/caller-auth/src/sender-constraint/resource-tokens.ts
  it('is refused as bearer token, in the header and in the form', async () => {
    const { access_token } = await userToken(bound);

    const header = await userInfo({ authorization: `Bearer ${access_token}` });
    const form = await stack.app.inject({
      method: 'POST',
      url: '/auth/v3/openid/userinfo',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: `access_token=${access_token}`,
    });

    for (const answer of [header, form]) {
      expect([answer.statusCode, answer.json().error]).toEqual([401, 'invalid_token']);
      expect(answer.headers['www-authenticate']).toMatch(/^DPoP .*error="invalid_token".*algs="ES256 /);
    }
  });

  // attack: bound token with the proof of another key | RFC 9449 7.1 | guard: packages/caller-auth/src/sender-constraint/resource-tokens.ts
  // attack: proof made for another token | RFC 9449 4.3 | guard: packages/caller-auth/src/sender-constraint/dpop-proof.ts
  it('is refused without a proof, with one for another token or no token, by another key, and the second time', async () => {
    const [{ access_token }, another] = await Promise.all([userToken(bound), userToken(bound)]);
    const headers = await presentedBy(key, access_token);
    const refused = [
      [{ authorization: headers.authorization }, 'invalid_dpop_proof'],
      [await presentedBy(key, access_token, { claims: { ath: undefined } }), 'invalid_dpop_proof'],
      [{ ...headers, authorization: `DPoP ${another.access_token}` }, 'invalid_dpop_proof'],
      [await presentedBy(other, access_token), 'invalid_token'],
      [await presentedBy(key, 'unknown-token'), 'invalid_token'],
    ] as const;
    for (const [given, error] of refused) {
      const answer = await userInfo(given);
      expect([answer.statusCode, answer.json().error]).toEqual([401, error]);
      expect(answer.headers['www-authenticate']).toContain(`error="${error}"`);
    }
    expect((await userInfo(headers)).statusCode).toBe(200);
    expect((await userInfo(headers, 'GET', replica)).json().error).toBe('invalid_dpop_proof');
  });

  it.each(['GET', 'POST'] as const)(
    'is taken as JWT by %s, which names the key, and refused as bearer token',
    async (method) => {
      const client = await createClient(stack, { dpopBoundAccessTokens: true, accessTokenFormat: 'jwt' });
      const { access_token } = await userToken(client);

      expect(decodeJwt(access_token)).toMatchObject({ cnf: { jkt: key.jkt } });
      expect((await userInfo(await presentedBy(key, access_token, { method }), method)).statusCode).toBe(200);
      expect((await userInfo({ authorization: `Bearer ${access_token}` })).json().error).toBe(
        'invalid_token',
      );
      expect((await userInfo(await presentedBy(other, access_token))).json().error).toBe('invalid_token');
    },
  );

  it('of a client itself is bound as JWT too', async () => {
    const manager = await createClient(stack, {
      authorities: ['ROLE_MANAGEMENT_APPLICATION'],
      dpopBoundAccessTokens: true,
      accessTokenFormat: 'jwt',
    });
    const { access_token } = (await ask(manager, await provenBy(key))).json();
    const path = '/auth/v3/ops/clients';

    expect((await opsCall(stack, 'GET', path, undefined, `Bearer ${access_token}`)).status).toBe(401);
    const headers = await presentedBy(key, access_token, { path });
    expect((await stack.app.inject({ url: path, headers })).statusCode).toBe(200);
  });

  // attack: unbound token under the scheme DPoP | RFC 9449 7.1 | guard: packages/caller-auth/src/sender-constraint/resource-tokens.ts
  it('a token that is bound to nothing is refused under the scheme DPoP', async () => {
    const { access_token } = (await ask(free)).json();

    expect((await userInfo(await presentedBy(key, access_token))).json().error).toBe('invalid_token');
  });

  it.each([
    ['GET', '/auth/v3/userinfo', 200],
    ['GET', '/auth/v3/ping', 200],
    ['GET', '/auth/v3/sessions', 200],
  ] as const)('%s %s asks for the proof too', async (method, path, status) => {
    const { access_token } = await userToken(bound);
    const call = async (headers: Record<string, string>) =>
      (await stack.app.inject({ method, url: path, headers })).statusCode;

    expect(await call(await presentedBy(key, access_token, { path }))).toBe(status);
    expect(await call({ authorization: `Bearer ${access_token}` })).toBeGreaterThanOrEqual(401);
    expect(await call(await presentedBy(other, access_token, { path }))).toBeGreaterThanOrEqual(401);
  });

  it('administration takes a bound token with its proof alone', async () => {
    const manager = await createClient(stack, {
      authorities: ['ROLE_MANAGEMENT_APPLICATION'],
      dpopBoundAccessTokens: true,
    });
    const { access_token } = (await ask(manager, await provenBy(key))).json();
    const path = '/auth/v3/ops/clients';
    const call = async (headers: Record<string, string>) =>
      (await stack.app.inject({ url: path, headers })).statusCode;

    expect(await call(await presentedBy(key, access_token, { path }))).toBe(200);
    expect((await opsCall(stack, 'GET', path, undefined, `Bearer ${access_token}`)).status).toBe(401);
  });
});
