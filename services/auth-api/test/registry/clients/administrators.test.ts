import { basicAuthorization } from '@gatehouse/api-client/http';
import { hash as argon2 } from '@node-rs/argon2';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { describe, expect, it } from 'vitest';
import { ops, startAuthApi } from '../../stack/auth-api.ts';
import { createClient, opsCall, passwordTokens, token } from '../../stack/oauth.ts';
import { path, stack, startAdministration } from './administration.ts';

startAdministration();

describe('who may administer', () => {
  it('is the operator by Basic', async () => {
    for (const authorization of [
      basicAuthorization(ops.username, 'wrong'),
      basicAuthorization('somebody', ops.password),
      'Basic !!!',
    ]) {
      const answer = await opsCall(stack, 'GET', path, undefined, authorization);
      expect(answer.status).toBe(401);
      expect(answer.json()).toEqual({ error: 'Unauthorized', error_description: 'Bad credentials' });
      expect(answer.headers['www-authenticate']).toContain('Basic');
    }
    const nobody = await stack.app.inject({ url: path });
    expect([nobody.statusCode, nobody.json()]).toEqual([
      401,
      { error: 'Unauthorized', error_description: 'Bad credentials' },
    ]);
  });

  it('is a client with the management authority by its own token, and no user through it', async () => {
    const manager = await createClient(stack, { authorities: ['ROLE_MANAGEMENT_APPLICATION'] });
    const other = await createClient(stack);
    const tokenOf = async (client: typeof manager) =>
      (await token(stack, client, { grant_type: 'client_credentials' })).json().access_token;
    const asBearer = async (text: string) =>
      (await opsCall(stack, 'GET', path, undefined, `Bearer ${text}`)).status;

    expect(await asBearer(await tokenOf(manager))).toBe(200);
    expect(await asBearer(await tokenOf(other))).toBe(403);
    expect(await asBearer((await passwordTokens(stack, manager)).access_token)).toBe(403);
    expect(await asBearer('made-up')).toBe(401);
  });

  // attack: user's token that administers | CVE-2024-3656 | guard: services/auth-api/src/oauth/client-authentication/ops-authentication.ts
  it('is no user, even one who has the management authority', async () => {
    const nowMs = Date.now();
    const record = {
      clientId: 'any',
      grantType: 'password',
      scope: ['*'],
      audience: [],
      authorities: ['ROLE_MANAGEMENT_APPLICATION'],
      contactCenterIds: [],
      internalClient: false,
      issuedAtMs: nowMs,
      expiresAtMs: nowMs + 60_000,
      authorizedAtMs: nowMs,
    };
    const format = {
      accessTokenFormat: 'opaque',
      accessTokenSignedResponseAlg: 'RS256',
      accessTokenTyp: 'at+jwt',
    } as const;
    const { access } = stack.deps.tokens;
    const ofUser = await access.issue(format, { ...record, sub: 'somebody' });
    const ofClient = await access.issue(format, record);
    const status = async (text: string) =>
      (await opsCall(stack, 'GET', path, undefined, `Bearer ${text}`)).status;

    expect(await status(ofUser)).toBe(403);
    expect(await status(ofClient)).toBe(200);
  });

  it.each([
    ['argon2id', () => argon2(ops.password, { memoryCost: 4096, timeCost: 1, parallelism: 1 })],
    ['bcrypt', () => bcrypt(ops.password, { cost: 4 })],
  ])(
    'may have its password configured as %s; the hash itself is no password, and the log says so',
    async (_kind, make) => {
      const hashed = await make();
      const hardened = await startAuthApi({ beside: stack, env: { GATEHOUSE_OPS_PASSWORD: hashed } });
      try {
        const plain = await opsCall(hardened, 'GET', path);
        const sentHash = await opsCall(
          hardened,
          'GET',
          path,
          undefined,
          basicAuthorization(ops.username, hashed),
        );

        expect(plain.status).toBe(200);
        expect(sentHash.status).toBe(401);
        expect(hardened.logged()).toContain('sent the hash of the ops password');
        expect(hardened.logged()).not.toContain(hashed);
      } finally {
        await hardened.close();
      }
    },
  );
});
