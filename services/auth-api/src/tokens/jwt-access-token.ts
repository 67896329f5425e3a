/**
 * Access tokens as JWTs (RFC 9068): whoever has the key set can judge one by itself, and Gatehouse keeps nothing of it.
 * It says what introspection says of it. What only Gatehouse needs travels along sealed, in the claim `ctx`.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { SecretBox, SecretPlace } from '@gatehouse/service-kit/crypto/secret-box';
import { AppError } from '@gatehouse/service-kit/errors/app-error';
import { randomToken } from '@gatehouse/service-kit/random';
import type { JWTPayload } from 'jose';
import type { SigningAlgorithm } from '../keys/algorithms.ts';
import type { Signer } from '../keys/signer.ts';
import { type AccessTokenRecord, factsOf, type StoredAccessToken } from './access-token.ts';
import { introspectionAnswer } from './introspection-json.ts';
import { seenAtMsOf } from './session-reference.ts';

export interface JwtAccessTokens {
  /** `jti` is one of `newTokenId`. @throws AppError (500) when the token would be longer than any that is read */
  sign(jti: string, record: AccessTokenRecord, algorithm: SigningAlgorithm): Promise<string>;
  /** What a JWT says that we issued as access token, expired or not; undefined for anything else. */
  read(token: string): Promise<StoredAccessToken | undefined>;
}

/** RFC 9068 section 2.1: what tells it from an ID token. */
export const accessTokenJwtType = 'at+jwt';

/** No access token of ours is longer: request headers have their limits too. */
export const longestAccessToken = 12_288;

const idRandomBytes = 16;
const packedFrom = 2048;
const longestContext = 1_048_576;

type Claims = JWTPayload & { ctx?: string };

export function createJwtAccessTokens(options: {
  signer: Signer;
  box: SecretBox;
  issuer: string;
}): JwtAccessTokens {
  const { signer, box, issuer } = options;

  function claimsOf(jti: string, record: AccessTokenRecord): Claims {
    const {
      active: _active,
      token_type: _type,
      aud = [issuer],
      ...answer
    } = introspectionAnswer(record, issuer);
    const context = privatePart(record);
    return {
      ...answer,
      // Section 3: without a resource of its own, it is for the one of this server.
      aud: aud.length === 1 ? (aud[0] as string) : aud,
      jti,
      ...(record.session === undefined
        ? {}
        : { auth_time: Math.floor(seenAtMsOf(record.session) / 1000), amr: record.session.amr }),
      ...(context === undefined ? {} : { ctx: box.seal(pack(context), placeOf(jti)) }),
    };
  }

  function recordOf(claims: Claims, jti: string): AccessTokenRecord {
    const answer = claims as Claims & ReturnType<typeof introspectionAnswer>;
    const issuedAtMs = timeOf(jti) ?? answer.iat * 1000;
    const shown = {
      clientId: answer.client_id,
      grantType: answer.grant_type,
      scope: answer.scope === '' ? [] : answer.scope.split(' '),
      audience: audienceOf(claims).filter((id) => id !== issuer),
      authorities: answer.authorities,
      contactCenterIds: answer.contact_center_ids,
      internalClient: answer.internal_client,
      issuedAtMs,
      expiresAtMs: answer.exp * 1000,
      authorizedAtMs: issuedAtMs,
    };
    if (claims.ctx === undefined) return shown;
    return { ...shown, ...unpack(box.open(claims.ctx, placeOf(jti))) };
  }

  return {
    async sign(jti, record, algorithm) {
      const token = await signer.sign(claimsOf(jti, record), accessTokenJwtType, algorithm);
      if (token.length <= longestAccessToken) return token;
      throw new AppError('token_too_large', 500, 'The access token would be too large: use opaque ones', {
        detail: `a JWT of ${token.length} characters for the client ${record.clientId}`,
      });
    },

    async read(token) {
      const claims = (await signer.recognize(token, accessTokenJwtType)) as Claims | undefined;
      const { jti } = claims ?? {};
      if (claims === undefined || jti === undefined) return undefined;
      const record = recordOf(claims, jti);
      return {
        facts: { ...factsOf(record), jti },
        introspection: JSON.stringify({
          ...introspectionAnswer(record, issuer),
          aud: audienceOf(claims),
          jti,
        }),
        record: () => record,
      };
    },
  };
}

/** Contains the moment of issue in milliseconds, which revocations are compared with; `iat` has only seconds. */
export function newTokenId(nowMs: number): string {
  return `${nowMs.toString(36)}.${randomToken(idRandomBytes)}`;
}

/** The same of bytes that are random already. */
export function tokenIdOf(issuedAtMs: number, random: Buffer): string {
  return `${issuedAtMs.toString(36)}.${random.toString('base64url', 0, idRandomBytes)}`;
}

function timeOf(jti: string): number | undefined {
  const ms = Number.parseInt(/^([0-9a-z]{8,9})\./.exec(jti)?.[1] ?? '', 36);
  return Number.isNaN(ms) ? undefined : ms;
}

function audienceOf({ aud = [] }: Claims): string[] {
  return typeof aud === 'string' ? [aud] : aud;
}

/** Whether a token is to be read as a JWT: no opaque token of ours has a dot, and no refresh token two. */
export function isJwt(token: string): boolean {
  const first = token.indexOf('.');
  return first > 0 && token.indexOf('.', first + 1) > first;
}

/** What is not in the claims already; undefined where there is nothing. */
function privatePart(record: AccessTokenRecord): Partial<AccessTokenRecord> | undefined {
  const {
    clientId: _clientId,
    grantType: _grantType,
    scope: _scope,
    audience: _audience,
    authorities: _authorities,
    contactCenterIds: _contactCenterIds,
    internalClient: _internalClient,
    issuedAtMs,
    expiresAtMs: _expiresAtMs,
    authorizedAtMs,
    ...rest
  } = record;
  const context = authorizedAtMs === issuedAtMs ? rest : { ...rest, authorizedAtMs };
  return Object.keys(context).length === 0 ? undefined : context;
}

function placeOf(jti: string): SecretPlace {
  return { table: 'access_token', row: jti, column: 'ctx' };
}

/** A person with many roles has much that repeats. The first byte says whether the rest is packed. */
function pack(context: Partial<AccessTokenRecord>): Buffer {
  const json = Buffer.from(JSON.stringify(context));
  return json.length < packedFrom
    ? Buffer.concat([Buffer.of(0), json])
    : Buffer.concat([Buffer.of(1), deflateRawSync(json)]);
}

function unpack(bytes: Buffer): Partial<AccessTokenRecord> {
  const rest = bytes.subarray(1);
  const json = bytes[0] === 1 ? inflateRawSync(rest, { maxOutputLength: longestContext }) : rest;
  return JSON.parse(json.toString('utf8')) as Partial<AccessTokenRecord>;
}
