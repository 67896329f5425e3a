/** Stores the authorizations of users in Redis: their codes and refresh tokens, and how a whole family ends. */
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';
import type { Config } from '../config.ts';
import type { Revocations } from '../records/revocation/revocations.ts';
import {
  consumeCode,
  openRefresh,
  type RotatedRefresh,
  readRotation,
  revokeFamily,
  rotateRefresh,
} from './family-scripts.ts';
import { type FamilyToken, secretHash } from './family-token.ts';
import type { CodeGrant, Grant } from './grant.ts';

export interface Rotation {
  presented: FamilyToken;
  next: FamilyToken;
  clientId: string;
  /** Undefined: the scope that was granted. */
  scope: string[] | undefined;
  /** Makes `next` from `presented`, see successorOf(). */
  salt: string;
  /** The proof of the sender, see refreshBindingOf(). */
  boundTo: string;
  /** The family expires if it is not used for this long; undefined: the installation's setting. */
  idleSeconds: number | undefined;
  /** A grant whose person was just read again; without it the answer may be `check`. */
  checkedGrant: Grant | undefined;
}

export interface OpenedRefresh {
  endsAtMs: number;
  /** See Rotation. */
  idleSeconds: number | undefined;
  /** See Rotation. */
  boundTo: string;
}

export interface KnownRefresh {
  grant: Grant;
  scope: string[];
  /** False: it was rotated. */
  isCurrent: boolean;
  issuedAtMs: number;
  /** When it expires unless it is used before. */
  expiresAtMs: number;
}

export type ConsumedCode =
  | { outcome: 'consumed'; grant: CodeGrant }
  /** It was redeemed before, so it has leaked. */
  | { outcome: 'reused' }
  | { outcome: 'unknown' };

export interface FamiliesOptions {
  redis: RedisClient;
  keyspace: Keyspace;
  revocations: Pick<Revocations, 'revoke'>;
  now: () => number;
  /** A family that is not used for `refreshIdleSeconds` expires, unless its client is registered otherwise. */
  settings: Pick<
    Config['tokens'],
    'codeTtlSeconds' | 'refreshGraceMs' | 'refreshIdleSeconds' | 'personFreshMs'
  >;
  /** How long a revoked family is remembered: no token of it can live longer. */
  maxLifeMs: number;
}

/** How long a redeemed code is remembered, so that its replay is noticed. */
const spentCodeTtlMs = 3_600_000;

export type Families = ReturnType<typeof createFamilies>;

/** Every function rejects if Redis does not answer; the error handlers answer 503. */
export function createFamilies(options: FamiliesOptions) {
  const { redis, keyspace, revocations, settings, maxLifeMs, now } = options;
  const idleMs = (seconds = settings.refreshIdleSeconds) => seconds * 1000;

  return {
    async saveCode(code: FamilyToken, grant: CodeGrant): Promise<void> {
      const record = secretHash(code) + JSON.stringify(grant);
      await redis.set(keyspace.key('code', code.familyId), record, 'PX', settings.codeTtlSeconds * 1000);
    },

    /** Of concurrent requests with the same code, only one gets the grant. */
    async consumeCode(code: FamilyToken): Promise<ConsumedCode> {
      const { familyId } = code;
      const scriptKeys = [keyspace.key('code', familyId), keyspace.key('spent-code', familyId)];
      const [outcome, grant] = (await consumeCode.run(redis, scriptKeys, [
        secretHash(code),
        spentCodeTtlMs,
      ])) as string[];
      if (outcome === 'consumed') return { outcome, grant: JSON.parse(grant ?? '') as CodeGrant };
      return { outcome: outcome === 'reused' ? outcome : 'unknown' };
    },

    /** Does nothing if the family was revoked meanwhile. */
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
          settings.refreshGraceMs,
          rotation.salt,
          nowMs - settings.personFreshMs,
          rotation.checkedGrant === undefined ? '' : JSON.stringify(rotation.checkedGrant),
          maxLifeMs,
          idleMs(rotation.idleSeconds),
          rotation.boundTo,
        ],
      )) as string[];
      return readRotation(reply, nowMs);
    },

    /** The authorization of a refresh token, which stays unused. */
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
        scope: scope ? scope.split(' ') : [],
        isCurrent: current === hash,
        issuedAtMs: Number(issued),
        expiresAtMs,
      };
    },

    /** Ends the code, the refresh tokens and every access token of a family. Safe to repeat. */
    async end(familyId: string): Promise<void> {
      const keys = ['code', 'refresh', 'revoked'].map((kind) => keyspace.key(kind, familyId));
      await Promise.all([
        revokeFamily.run(redis, keys, [maxLifeMs]),
        revocations.revoke({ kind: 'family', id: familyId }),
      ]);
    },
  };
}
