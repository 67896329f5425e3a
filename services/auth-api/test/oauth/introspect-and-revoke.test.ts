import { basicAuthorization } from '@gatehouse/api-client/http';
import { unavailable } from '@gatehouse/service-kit/errors';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AuthApi, contactCenterId, ops, otherContactCenterId, startAuthApi } from '../stack/auth-api.ts';
import {
  createClient,
  introspect,
  passwordTokens,
  postForm,
  type TestClient,
  token,
} from '../stack/oauth.ts';

let stack: AuthApi;
let client: TestClient;
let other: TestClient;

beforeAll(async () => {
  stack = await startAuthApi();
  client = await createClient(stack);
  other = await createClient(stack);
});
afterAll(() => stack?.close());

describe('34: introspection (RFC 7662)', () => {
  // attack: introspection by a public client | RFC 7662 2.1 | guard: services/auth-api/src/oauth/token/introspect.ts
  it('needs a confidential client or the operator', async () => {
    const { access_token } = await passwordTokens(stack, client);
    const open = await createClient(stack, {
      clientType: 'PUBLIC',
      authorizedGrantTypes: ['authorization_code'],
    });

    const nobody = await postForm(stack, 'introspect', { token: access_token });
    const publicClient = await postForm(stack, 'introspect', { token: access_token }, open);
    const wrong = await postForm(
      stack,
      'introspect',
      { token: access_token },
      { ...client, clientSecret: 'wrong' },
    );
    const operator = await postForm(stack, 'introspect', { token: access_token }, undefined, {
      authorization: basicAuthorization(ops.username, ops.password),
    });
    const impostor = await postForm(stack, 'introspect', { token: access_token }, undefined, {
      authorization: basicAuthorization(ops.username, 'wrong'),
    });

    expect(nobody.status).toBe(401);
    expect([publicClient.status, publicClient.json().error]).toEqual([400, 'unauthorized_client']);
    expect(wrong.status).toBe(401);
    expect(operator.json()).toMatchObject({ active: true });
    expect(impostor.status).toBe(401);
  });

  // attack: introspection outside audience and contact centre | CVE-2026-18208, CVE-2024-47077 | guard: services/auth-api/src/oauth/token/introspect.ts
  it('tells a client outside audience and contact centre nothing but that the token is not active (CVE-2026-18208)', async () => {
    const { access_token } = await passwordTokens(stack, client);
    const sameCenter = await createClient(stack, { contactCenterIds: [contactCenterId] });
    const elsewhere = await createClient(stack, { contactCenterIds: [otherContactCenterId] });
    const internal = await createClient(stack, { internalClient: true });

    expect(await introspect(stack, other, access_token)).toEqual({ active: false });
    expect(await introspect(stack, elsewhere, access_token)).toEqual({ active: false });
    expect((await introspect(stack, sameCenter, access_token))['active']).toBe(true);
    expect((await introspect(stack, internal, access_token))['active']).toBe(true);
  });

  // attack: shortened or extended access token | CVE-2026-27840 | guard: services/auth-api/src/tokens/access-tokens.ts
  it('knows no shortened, extended or otherwise changed token (CVE-2026-27840)', async () => {
    const { access_token } = await passwordTokens(stack, client);
    const swapped = access_token.replace(/[a-zA-Z]/g, (letter) =>
      letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
    );

    for (const changed of [
      access_token.slice(0, -1),
      `${access_token}A`,
      ` ${access_token}`,
      swapped,
      'x'.repeat(5000),
    ]) {
      expect(await introspect(stack, client, changed), changed).toEqual({ active: false });
    }
  });

  it('does not take a refresh token for an access token', async () => {
    const { refresh_token } = await passwordTokens(stack, client);
    const resourceServer = await createClient(stack, { contactCenterIds: [contactCenterId] });
    expect(await introspect(stack, resourceServer, refresh_token)).toEqual({ active: false });
  });

  it('asks for the token', async () => {
    const answer = await postForm(stack, 'introspect', {}, client);
    expect([answer.status, answer.json().error]).toEqual([400, 'invalid_request']);
  });

  // attack: tokens read from the store | ASVS 11.4.1, ASVS 13.3.1 | guard: services/auth-api/src/tokens/access-tokens.ts
  it('keeps the token out of Redis: only its SHA-256 is a key', async () => {
    const { access_token, refresh_token } = await passwordTokens(stack, client);
    const [, secret = ''] = refresh_token.split('.');

    const keys = await stack.deps.stores.redis.keys('*');
    const values = await Promise.all(
      keys.map(
        async (key) => `${key} ${JSON.stringify(await stack.deps.stores.redis.dump(key).catch(() => ''))}`,
      ),
    );

    expect(values.join('\n')).not.toContain(access_token);
    expect(values.join('\n')).not.toContain(secret);
  });
});

describe('introspection of refresh tokens', () => {
  it('tells their client and the operator, and nobody who takes what is active for a key', async () => {
    const { refresh_token } = await passwordTokens(stack, client);
    const internal = await createClient(stack, { internalClient: true });
    const asked = await postForm(stack, 'introspect', { token: refresh_token }, undefined, {
      authorization: basicAuthorization(ops.username, ops.password),
    });

    const told = await introspect(stack, client, refresh_token);
    expect(told).toMatchObject({
      active: true,
      token_use: 'refresh_token',
      client_id: client.clientId,
      username: 'demo\\agent',
    });
    expect(told['token_type']).toBeUndefined();
    expect(asked.json()).toEqual(told);
    expect(await introspect(stack, internal, refresh_token)).toEqual({ active: false });
  });

  // attack: introspection of a foreign refresh token | RFC 7662 4 | guard: services/auth-api/src/oauth/token/introspect.ts
  it('finds them inactive once they are rotated, revoked, foreign or shortened', async () => {
    const { refresh_token } = await passwordTokens(stack, client);
    const next = (await token(stack, client, { grant_type: 'refresh_token', refresh_token })).json();
    const active = async (value: string, by = client) => (await introspect(stack, by, value))['active'];

    expect(await active(refresh_token)).toBe(false);
    expect(await active(next.refresh_token)).toBe(true);
    expect(await active(next.refresh_token, other)).toBe(false);
    expect(await active(next.refresh_token.slice(0, -1))).toBe(false);
    await postForm(stack, 'revoke', { token: next.refresh_token }, client);
    expect(await active(next.refresh_token)).toBe(false);
  });
});

describe('33: revocation (RFC 7009)', () => {
  it('of an access token ends that one alone', async () => {
    const { access_token, refresh_token } = await passwordTokens(stack, client);

    const answer = await postForm(stack, 'revoke', { token: access_token }, client);

    expect([answer.status, answer.body]).toEqual([200, '{}']);
    expect(await introspect(stack, client, access_token)).toEqual({ active: false });
    expect((await token(stack, client, { grant_type: 'refresh_token', refresh_token })).status).toBe(200);
  });

  // attack: access token that survives its refresh token | RFC 7009 2.1, ASVS 10.4.9 | guard: services/auth-api/src/oauth/token/revoke.ts
  it('of a refresh token ends every token of the sign-in, whatever the hint says', async () => {
    const { access_token, refresh_token } = await passwordTokens(stack, client);

    await postForm(stack, 'revoke', { token: refresh_token, token_type_hint: 'access_token' }, client);

    expect(await introspect(stack, client, access_token)).toEqual({ active: false });
    expect((await token(stack, client, { grant_type: 'refresh_token', refresh_token })).json().error).toBe(
      'invalid_grant',
    );
  });

  // attack: revocation of another client's token | RFC 7009 2.1 | guard: services/auth-api/src/oauth/token/revoke.ts
  it("of another client's token is answered 200 and does nothing", async () => {
    const { access_token, refresh_token } = await passwordTokens(stack, client);

    const access = await postForm(stack, 'revoke', { token: access_token }, other);
    const refresh = await postForm(stack, 'revoke', { token: refresh_token }, other);

    expect([access.status, refresh.status]).toEqual([200, 200]);
    expect((await introspect(stack, client, access_token))['active']).toBe(true);
    expect((await token(stack, client, { grant_type: 'refresh_token', refresh_token })).status).toBe(200);
  });

  it('of anything else is answered 200, and 401 to strangers (CVE-2020-15223)', async () => {
    const malformed = await postForm(stack, 'revoke', { token: '\u0000{}..' }, client);
    const stranger = await postForm(stack, 'revoke', { token: 'x' }, { ...client, clientSecret: 'wrong' });

    expect(malformed.status).toBe(200);
    expect(stranger.status).toBe(401);
  });

  it.each(['access_token', 'refresh_token'] as const)(
    'of an %s that cannot be recorded does not happen, so that its repetition is recorded',
    async (kind) => {
      const tokens = await passwordTokens(stack, client);
      const write = vi.spyOn(stack.deps.audit.writer, 'write').mockRejectedValueOnce(unavailable('Redis'));
      const revoke = () => postForm(stack, 'revoke', { token: tokens[kind] }, client);

      const failed = await revoke();
      const stillActive = (await introspect(stack, client, tokens.access_token))['active'];
      const repeated = await revoke();

      expect([failed.status, stillActive, repeated.status]).toEqual([503, true, 200]);
      expect((await introspect(stack, client, tokens.access_token))['active']).toBe(false);
      expect(write).toHaveBeenLastCalledWith(expect.objectContaining({ name: 'token_revoked' }));
      write.mockRestore();
    },
  );

  it('is for PUBLIC clients too', async () => {
    const open = await createClient(stack, {
      clientType: 'PUBLIC',
      authorizedGrantTypes: ['password', 'refresh_token'],
    });
    const { access_token } = await passwordTokens(stack, open);

    await postForm(stack, 'revoke', { token: access_token }, open);

    const observer = await createClient(stack, { internalClient: true });
    expect(await introspect(stack, observer, access_token)).toEqual({ active: false });
  });
});
