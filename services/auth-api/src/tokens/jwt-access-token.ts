/**
 * Writes and reads access tokens as JWTs (RFC 9068), which resource servers verify themselves with the key set.
 * A JWT contains what introspection says of it. The claim `ctx` contains the rest, encrypted, or Redis keeps the rest:
 * `docs/contributing/decisions/short-exchanged-tokens.md`.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { definedOnly } from '@gatehouse/contracts/values';
import { randomToken, type SecretBox, type SecretPlace } from '@gatehouse/service-kit/crypto';
import { AppError } from '@gatehouse/service-kit/errors';
import type { JWTPayload } from 'jose';
import type { AuthorizationDetail } from '../core/protocol/authorization-details.ts';
import type { JwtKind, Signer } from '../keys/signing-keys/signer.ts';
import type { Client } from '../registry/clients/client.ts';
import {
  type AccessTokenRecord,
  factsOf,
  introspectionAnswer,
  type StoredAccessToken,
  type TokenContext,
} from './access-token.ts';
import type { DerivedTokens } from './derived-tokens.ts';

export type JwtAccessTokens = ReturnType<typeof createJwtAccessTokens>;

/**
 * RFC 9068 section 2.1: the type distinguishes it from an ID token. Software that refuses this type gets that of an ID token, and the
 * mark distinguishes it: `docs/contributing/decisions/access-tokens-of-type-jwt.md`.
 */
const kinds = {
  'at+jwt': { typ: 'at+jwt' },
  JWT: { typ: 'JWT', use: 'access_token' },
} as const satisfies Record<Client['accessTokenTyp'], JwtKind>;

/** How a client wants its JWTs. */
export type JwtFormat = Pick<Client, 'accessTokenSignedResponseAlg' | 'accessTokenTyp'>;

/** Maximum length of an access token, because request headers are limited. */
export const maxAccessTokenLength = 12_288;

const idRandomBytes = 16;
const packedFrom = 2048;
const maxContextLength = 1_048_576;
/** The claim `ctx` of a token whose context Redis keeps. A release that does not know it cannot open it, so it takes no such token. */
const keptContext = 'kept';
/** Claims that a short token leaves out: introspection answers them, and RFC 9068 names none of them. */
const answeredAlone = {
  grant_type: undefined,
  environment_id: undefined,
  contact_center_ids: undefined,
  internal_client: undefined,
};

type Claims = JWTPayload & { ctx?: string | undefined };

export interface JwtAccessTokensOptions {
  signer: Signer;
  box: SecretBox;
  issuer: string;
  derivedTokens: Pick<DerivedTokens, 'hasJwtEnded' | 'findContext'>;
}

export function createJwtAccessTokens({ signer, box, issuer, derivedTokens }: JwtAccessTokensOptions) {
  function claimsOf(jti: string, record: AccessTokenRecord, isContextKept: boolean): Claims {
    const {
      active: _active,
      token_type: _type,
      aud = [issuer],
      ...answer
    } = introspectionAnswer(record, issuer);
    const context = isContextKept ? undefined : contextOf(record);
    const claims = {
      ...answer,
      // RFC 9068 section 3: a token without a resource of its own is for this server.
      aud: aud.length === 1 ? (aud[0] as string) : aud,
      jti,
      amr: amrOf(record),
      ctx: context && box.seal(pack(context), contextPlace(jti)),
    };
    return isContextKept ? { ...claims, ...answeredAlone, ctx: keptContext } : claims;
  }

  function recordOf(claims: Claims, jti: string, context: TokenContext): AccessTokenRecord {
    const answer = claims as Claims & ReturnType<typeof introspectionAnswer>;
    const issuedAtMs = timeOf(jti) ?? answer.iat * 1000;
    return {
      clientId: answer.client_id,
      grantType: answer.grant_type,
      scope: answer.scope === '' ? [] : answer.scope.split(' '),
      audience: isForUsAlone(claims) ? [] : audienceOf(claims),
      authorities: answer.authorities,
      contactCenterIds: answer.contact_center_ids,
      internalClient: answer.internal_client,
      details: answer.authorization_details as AuthorizationDetail[] | undefined,
      acr: answer.acr,
      amr: claims['amr'] as string[] | undefined,
      issuedAtMs,
      expiresAtMs: answer.exp * 1000,
      authorizedAtMs: issuedAtMs,
      ...context,
    };
  }

  /** Undefined if Redis lost it: without it nobody could tell what the token ends with. */
  async function contextIn({ ctx }: Claims, jti: string): Promise<TokenContext | undefined> {
    if (ctx === undefined) return {};
    return ctx === keptContext ? derivedTokens.findContext(jti) : unpack(box.open(ctx, contextPlace(jti)));
  }

  const isForUsAlone = ({ aud }: Claims) => aud === issuer;

  return {
    /**
     * @param jti made by newTokenId() or tokenIdOf(). @param isContextKept Redis keeps keptContextOf(record).
     * @throws AppError (500) if the token would be longer than read() accepts
     */
    async sign(
      jti: string,
      record: AccessTokenRecord,
      { accessTokenSignedResponseAlg: algorithm, accessTokenTyp: typ }: JwtFormat,
      isContextKept = false,
    ): Promise<string> {
      const token = await signer.sign(claimsOf(jti, record, isContextKept), kinds[typ], algorithm);
      if (token.length <= maxAccessTokenLength) return token;
      throw new AppError('token_too_large', 500, 'The access token would be too large: use opaque ones', {
        detail: `a JWT of ${token.length} characters for the client ${record.clientId}`,
      });
    },

    /** A JWT that was issued here as access token and was not ended, expired or not; undefined for any other text. */
    async read(token: string): Promise<StoredAccessToken | undefined> {
      const claims = (await signer.recognize(token, kinds['at+jwt'], kinds.JWT)) as Claims | undefined;
      const { jti } = claims ?? {};
      if (claims === undefined || jti === undefined) return undefined;
      const [hasEnded, context] = await Promise.all([derivedTokens.hasJwtEnded(jti), contextIn(claims, jti)]);
      if (hasEnded || context === undefined) return undefined;
      const record = recordOf(claims, jti, context);
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

/** As newTokenId, from random bytes. */
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

/** Redis keeps it for a short token. */
export function keptContextOf(record: AccessTokenRecord): TokenContext {
  const { grantType, contactCenterIds, internalClient } = record;
  return { ...contextOf(record), grantType, contactCenterIds, internalClient };
}

/** Undefined if the claims contain everything. */
function contextOf(record: AccessTokenRecord): TokenContext | undefined {
  const {
    clientId: _clientId,
    grantType: _grantType,
    scope: _scope,
    audience: _audience,
    authorities: _authorities,
    contactCenterIds: _contactCenterIds,
    internalClient: _internalClient,
    details: _details,
    acr: _acr,
    amr: _amr,
    issuedAtMs,
    expiresAtMs: _expiresAtMs,
    authorizedAtMs,
    ...rest
  } = record;
  const context = definedOnly(authorizedAtMs === issuedAtMs ? rest : { ...rest, authorizedAtMs });
  return Object.keys(context).length === 0 ? undefined : context;
}

/** None is no claim. A token that was made from one of the release before has the methods of its session. */
function amrOf({ amr, session }: AccessTokenRecord): string[] | undefined {
  const methods = amr ?? session?.amr ?? [];
  return methods.length === 0 ? undefined : methods;
}

function contextPlace(jti: string): SecretPlace {
  return { table: 'access_token', row: jti, column: 'ctx' };
}

/** Compresses long contexts: the roles of a person repeat much. The first byte says whether the rest is compressed. */
function pack(context: TokenContext): Buffer {
  const json = Buffer.from(JSON.stringify(context));
  return json.length < packedFrom
    ? Buffer.concat([Buffer.of(0), json])
    : Buffer.concat([Buffer.of(1), deflateRawSync(json)]);
}

function unpack(bytes: Buffer): TokenContext {
  const rest = bytes.subarray(1);
  const json = bytes[0] === 1 ? inflateRawSync(rest, { maxOutputLength: maxContextLength }) : rest;
  return JSON.parse(json.toString('utf8')) as TokenContext;
}
