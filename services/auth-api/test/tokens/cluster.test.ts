import { createLogger } from '@gatehouse/service-kit/observability';
import {
  createKeyspace,
  createRedis,
  type RedisClient,
  untilRedisIsReady,
} from '@gatehouse/service-kit/redis';
import { redisConfigOf, startRedisCluster, type TestRedis } from '@gatehouse/testing/redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPostedRequests } from '../../src/browser/cookies/posted-requests.ts';
import { createRevocationStream } from '../../src/records/revocation/stream.ts';
import { createAccessTokens } from '../../src/tokens/access-tokens.ts';
import { createDerivedTokens } from '../../src/tokens/derived-tokens.ts';
import { createFamilies, type Families } from '../../src/tokens/families.ts';
import { newFamilyId, newSecret, secretHash } from '../../src/tokens/family-token.ts';
import type { CodeGrant } from '../../src/tokens/grant.ts';

const log = createLogger('test', { level: 'silent', format: 'json' });
const keyspace = createKeyspace('cluster:');
let server: TestRedis;
let redis: RedisClient;
let blocking: RedisClient;
let families: Families;
const revocations = {
  isRevoked: () => false,
  revoke: async () => undefined,
  revokeAll: async () => undefined,
  untilFresh: async () => undefined,
};

beforeAll(async () => {
  server = await startRedisCluster();
  const config = { ...redisConfigOf(server, 1000), clusterNodes: [`127.0.0.1:${server.port}`] };
  redis = createRedis(config, { log });
  blocking = createRedis(config, { log, blocking: true });
  await Promise.all([untilRedisIsReady(redis), untilRedisIsReady(blocking)]);
  families = createFamilies({
    redis,
    keyspace,
    revocations,
    now: Date.now,
    settings: {
      codeTtlSeconds: 60,
      refreshGraceMs: 1000,
      refreshIdleSeconds: 60,
      personFreshMs: 60_000,
    },
    maxLifeMs: 60_000,
  });
});
afterAll(async () => {
  redis?.disconnect();
  blocking?.disconnect();
  await server?.close();
});

function grantOf(familyId: string): CodeGrant {
  return {
    familyId,
    clientId: 'client',
    grantType: 'authorization_code',
    scope: ['*'],
    audience: [],
    identity: {
      sub: 'sub',
      environmentId: 'e',
      contactCenterId: 'c',
      dbid: 1,
      tenantDbid: 1,
      username: 'd\\u',
      loginName: 'u',
      cmeUserName: 'u',
      authorities: [],
      properties: {},
    },
    authorizedAtMs: Date.now(),
    redirectUri: 'https://app.test',
    redirectUriGiven: true,
  };
}

describe('on a server in cluster mode', () => {
  it('every script of codes and refresh tokens stays in one slot', async () => {
    const code = { familyId: newFamilyId(), secret: newSecret() };
    const grant = grantOf(code.familyId);
    await families.saveCode(code, grant);
    expect(await families.consumeCode(code)).toEqual({ outcome: 'consumed', grant });
    expect(await families.consumeCode(code)).toEqual({ outcome: 'reused' });
    expect(await families.consumeCode({ ...code, secret: newSecret() })).toEqual({ outcome: 'unknown' });

    const first = { familyId: code.familyId, secret: newSecret() };
    const next = { familyId: code.familyId, secret: newSecret() };
    await families.openRefresh(first, grant, {
      endsAtMs: Date.now() + 60_000,
      idleSeconds: undefined,
      boundTo: 'key',
    });
    const rotation = {
      presented: first,
      next,
      clientId: 'client',
      scope: undefined,
      salt: 's',
      boundTo: 'key',
      idleSeconds: undefined,
      checkedGrant: undefined,
    };
    expect(await families.rotateRefresh(rotation)).toMatchObject({ outcome: 'rotated', grant, scope: ['*'] });
    expect(await families.rotateRefresh(rotation)).toMatchObject({
      outcome: 'repeated',
      salt: 's',
      nextHash: secretHash(next),
    });
    expect((await families.rotateRefresh({ ...rotation, presented: next, clientId: 'other' })).outcome).toBe(
      'foreign',
    );
    expect((await families.rotateRefresh({ ...rotation, presented: next, boundTo: '' })).outcome).toBe(
      'unbound',
    );
    expect(await families.findRefresh(next)).toMatchObject({ grant, isCurrent: true });
    expect(await families.findRefresh(first)).toMatchObject({ grant, isCurrent: false });

    await families.end(code.familyId);
    expect((await families.rotateRefresh({ ...rotation, presented: next })).outcome).toBe('revoked');
    await families.openRefresh(first, grant, {
      endsAtMs: Date.now() + 60_000,
      idleSeconds: undefined,
      boundTo: 'key',
    });
    expect(await families.findRefresh(first)).toBeUndefined();
  });

  it('access tokens, posted requests and cut-offs work', async () => {
    const now = Date.now();
    const accessTokens = createAccessTokens({
      redis,
      keyspace,
      issuer: 'https://login.test/auth/v3',
      jwts: { sign: async () => '', read: async () => undefined },
      derivedTokens: createDerivedTokens({ redis, keyspace, now: Date.now }),
      revocations,
      now: Date.now,
      isCurrentOperator: () => false,
      uuidTokens: false,
    });
    const record = {
      clientId: 'client',
      grantType: 'client_credentials',
      scope: ['*'],
      audience: [],
      authorities: [],
      contactCenterIds: [],
      internalClient: false,
      issuedAtMs: now,
      expiresAtMs: now + 60_000,
      authorizedAtMs: now,
      familyId: 'f',
    };
    const format = {
      accessTokenFormat: 'opaque',
      accessTokenSignedResponseAlg: 'RS256',
      accessTokenTyp: 'at+jwt',
    } as const;
    const tokens = await Promise.all(Array.from({ length: 50 }, () => accessTokens.issue(format, record)));
    const found = await Promise.all(tokens.map((token) => accessTokens.find(token)));
    expect(found.every((stored) => stored?.facts.clientId === 'client')).toBe(true);

    const posted = createPostedRequests(redis, keyspace);
    expect(await posted.find(await posted.save({ client_id: 'x' }))).toEqual({ client_id: 'x' });

    const stream = createRevocationStream(redis, blocking, keyspace.name('cutoffs'));
    await stream.append([{ kind: 'sub', id: 's', atMs: now }], { nowMs: now, lifeMs: 60_000 });
    expect(await stream.wait('0-0', 10, 100)).toHaveLength(1);
    expect(await stream.read('0-0', 10)).toHaveLength(1);
    await stream.setEpoch('e');
    const node = expect.stringMatching(/^[0-9a-f]{40}$/);
    expect(await stream.history()).toEqual({
      ...{ epoch: 'e', lastId: expect.any(String), node, role: 'primary', replicas: 0 },
    });
  });
});
