/** Codes and refresh tokens in Redis: every step of a family's life is one atomic command or script. */
import type { RedisClient } from '@gatehouse/service-kit/redis/client';
import type { Keyspace } from '@gatehouse/service-kit/redis/keys';
import type {
  ConsumedCode,
  FamilyStore,
  KnownRefresh,
  OpenedRefresh,
  RotatedRefresh,
  Rotation,
} from './families.ts';
import { consumeCode, openRefresh, revokeFamily, rotateRefresh } from './family-scripts.ts';
import { type FamilyToken, secretHash } from './family-token.ts';
import type { CodeGrant, Grant } from './grant.ts';

export interface FamilyStoreOptions {
  redis: RedisClient;
  keyspace: Keyspace;
  now: () => number;
  codeTtlMs: number;
  /** How long a redeemed code is remembered, so that its replay is noticed. */
  spentCodeTtlMs: number;
  refreshGraceMs: number;
  /** A family that nobody used for so long ends, unless its client says otherwise. */
  refreshIdleMs: number;
  /** How long a person's data may be used before a refresh reads it again. */
  personFreshMs: number;
  /** A revoked family is remembered for so long: no token of it can live longer. */
  maxLifeMs: number;
}

/** Every function rejects when Redis cannot answer; the error handlers make that a 503. */
export function createFamilyStore(options: FamilyStoreOptions): FamilyStore {
  const { redis, keyspace, now } = options;
  const idleMs = (seconds: number | undefined) =>
    seconds === undefined ? options.refreshIdleMs : seconds * 1000;

  return {
    async saveCode(code: FamilyToken, grant: CodeGrant): Promise<void> {
      const record = secretHash(code) + JSON.stringify(grant);
      await redis.set(keyspace.key('code', code.familyId), record, 'PX', options.codeTtlMs);
    },

    async consumeCode(code: FamilyToken): Promise<ConsumedCode> {
      const { familyId } = code;
      const scriptKeys = [keyspace.key('code', familyId), keyspace.key('spent-code', familyId)];
      const [outcome, grant] = (await consumeCode.run(redis, scriptKeys, [
        secretHash(code),
        options.spentCodeTtlMs,
      ])) as string[];
      if (outcome === 'consumed') return { outcome, grant: JSON.parse(grant ?? '') as CodeGrant };
      return { outcome: outcome === 'reused' ? outcome : 'unknown' };
    },

    /** Does nothing for a family that was revoked meanwhile. */
    async openRefresh(
      token: FamilyToken,
      grant: Grant,
      { endsAtMs, boundTo, idleSeconds }: OpenedRefresh,
    ): Promise<void> {
      const { familyId } = token;
      await openRefresh.run(
        redis,
        [keyspace.key('refresh', familyId), keyspace.key('revoked', familyId)],
        [
          secretHash(token),
          grant.clientId,
          grant.scope.join(' '),
          JSON.stringify(grant),
          now(),
          endsAtMs,
          Math.min(endsAtMs, now() + idleMs(idleSeconds)),
          boundTo,
        ],
      );
    },

    async rotateRefresh(rotation: Rotation): Promise<RotatedRefresh> {
      const { familyId } = rotation.presented;
      const nowMs = now();
      const reply = (await rotateRefresh.run(
        redis,
        [keyspace.key('refresh', familyId), keyspace.key('revoked', familyId)],
        [
          secretHash(rotation.presented),
          secretHash(rotation.next),
          rotation.clientId,
          rotation.scope?.join(' ') ?? '',
          nowMs,
          options.refreshGraceMs,
          rotation.salt,
          nowMs - options.personFreshMs,
          rotation.checkedGrant === undefined ? '' : JSON.stringify(rotation.checkedGrant),
          options.maxLifeMs,
          idleMs(rotation.idleSeconds),
          rotation.boundTo,
        ],
      )) as string[];
      return readRotation(reply, nowMs);
    },

    /** What a refresh token belongs to, without using it up. */
    async findRefresh(token: FamilyToken): Promise<KnownRefresh | undefined> {
      const fields = ['current', 'previous', 'grant', 'scope', 'issued', 'expires'] as const;
      const [current, previous, grant, scope, issued, expires] = await redis.hmget(
        keyspace.key('refresh', token.familyId),
        ...fields,
      );
      const hash = secretHash(token);
      const expiresAtMs = Number(expires);
      if (!grant || (current !== hash && previous !== hash) || expiresAtMs <= now()) return undefined;
      return {
        grant: JSON.parse(grant) as Grant,
        scope: (scope ?? '').split(' '),
        isCurrent: current === hash,
        issuedAtMs: Number(issued),
        expiresAtMs,
      };
    },

    async revokeFamily(familyId: string): Promise<void> {
      const keys = ['code', 'refresh', 'revoked'].map((kind) => keyspace.key(kind, familyId));
      await revokeFamily.run(redis, keys, [options.maxLifeMs]);
    },
  };
}

function readRotation(
  [outcome, grant = '', scope = '', rotatedAtMs = '', salt = '', nextHash = '']: string[],
  nowMs: number,
): RotatedRefresh {
  switch (outcome) {
    case 'rotated':
      return { outcome, grant: JSON.parse(grant) as Grant, scope: scope.split(' '), rotatedAtMs: nowMs };
    case 'repeated':
      return {
        outcome,
        grant: JSON.parse(grant) as Grant,
        scope: scope.split(' '),
        rotatedAtMs: Number(rotatedAtMs),
        salt,
        nextHash,
      };
    case 'check':
    case 'reused':
      return { outcome, grant: JSON.parse(grant) as Grant };
    case 'revoked':
    case 'foreign':
    case 'unbound':
    case 'scope':
      return { outcome };
    default:
      return { outcome: 'unknown' };
  }
}
