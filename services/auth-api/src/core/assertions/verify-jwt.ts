/** Verifies a JWT that another party signed (RFC 7523 section 3, RFC 8725). */
import { errors, type JWTPayload, type JWTVerifyResult, jwtVerify, type LocalJWKSet } from 'jose';
import type { KeySet } from './key-sets.ts';
import { UntrustedAssertion } from './untrusted.ts';

/** RFC 8725 section 3.1: only these algorithms, none with a shared secret. */
export const assertionAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];

/** A JWT that is not trusted. */
export class UntrustedJwt extends UntrustedAssertion {}

/** A JWT whose signer is not proved: whoever sent it may be a stranger, who learns nothing from the message. */
export class UnprovedJwt extends UntrustedJwt {}

/** Its signature is right, but it has expired. */
export class ExpiredJwt extends UntrustedJwt {}

export interface JwtExpectation {
  /** Accepted values of `typ`; a JWT without `typ` is accepted. */
  types: readonly string[];
  /** Accepted audiences. `aud` must be one string: with a list, another server could replay the JWT here. */
  audiences: readonly string[];
  /** Whether `aud` may be a list, as for request objects, which other servers cannot use. */
  allowsOtherAudiences?: boolean;
  /** Default: all of `assertionAlgorithms`. */
  algorithms?: readonly string[];
  nowMs: number;
  /** How far in the future `exp` may be. */
  maxLifeSeconds: number;
  /** Whether `exp` must be there; default true. */
  requiresEnd?: boolean;
}

/** Tolerated clock difference: FAPI 2.0 section 5.3.2.1 requires more than 10 s and less than 60 s. */
export const clockSkewSeconds = 30;

const maxJwtLength = 16_384;

/** The claims. @throws UntrustedJwt, UnreadableKeySet */
export async function verifyJwt(jwt: string, keySet: KeySet, expected: JwtExpectation): Promise<JWTPayload> {
  // Not proved: for a client without keys nobody would measure it, and the difference would tell which clients exist.
  if (jwt.length > maxJwtLength) throw new UnprovedJwt('it is longer than any that is read');
  const { payload, protectedHeader } = await verifySignature(jwt, keySet, expected);
  checkType(protectedHeader, expected);
  if (!isMeantForUs(payload.aud, expected)) {
    const needsText = Array.isArray(payload.aud) && expected.allowsOtherAudiences !== true;
    throw new UntrustedJwt(
      needsText ? 'its aud is a list, and must be one text' : 'its aud is not this server',
    );
  }
  checkTimes(payload, expected);
  return payload;
}

/** The signer chooses the header: `typ` may be anything. */
function checkType({ typ, token_use: use }: Record<string, unknown>, { types }: JwtExpectation): void {
  // Another Gatehouse may have signed it: its mark says what the type does not.
  if (use !== undefined) throw new UntrustedJwt('its token_use says that it has another purpose');
  if (typ === undefined) return;
  if (typeof typ !== 'string') throw new UntrustedJwt('its typ is no text');
  const type = typ.toLowerCase().replace(/^application\//, '');
  if (!types.includes(type)) throw new UntrustedJwt(`its typ is ${type}`);
}

/** The `jti` and the moment from which the JWT is too old to come again. @throws UntrustedJwt */
export function singleUseOf({ jti, exp }: JWTPayload): { jti: string; untilMs: number } {
  if (typeof jti !== 'string' || jti === '' || jti.length > 256) {
    throw new UntrustedJwt('its jti is missing or longer than 256 characters');
  }
  return { jti, untilMs: ((exp ?? 0) + clockSkewSeconds) * 1000 };
}

/** The claims of a JWT before it is verified, to find the keys to verify it with. */
export function unprovedClaims(jwt: string): Record<string, unknown> {
  return unprovedPart(jwt, 1);
}

/** The header of a JWT before it is verified. */
export function unprovedHeader(jwt: string): Record<string, unknown> {
  return unprovedPart(jwt, 0);
}

function unprovedPart(jwt: string, index: number): Record<string, unknown> {
  try {
    const part: unknown = JSON.parse(Buffer.from(jwt.split('.')[index] ?? '', 'base64url').toString('utf8'));
    return typeof part === 'object' && part !== null ? (part as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function isMeantForUs(aud: JWTPayload['aud'], { audiences, allowsOtherAudiences }: JwtExpectation): boolean {
  if (Array.isArray(aud))
    return allowsOtherAudiences === true && aud.some((name) => audiences.includes(name));
  return typeof aud === 'string' && audiences.includes(aud);
}

/** Verifies signature and `exp`; if a key is missing, the keys are read again. @throws UntrustedJwt, UnreadableKeySet */
export async function verifySignature(
  jwt: string,
  keySet: KeySet,
  { algorithms = assertionAlgorithms, nowMs }: Pick<JwtExpectation, 'algorithms' | 'nowMs'>,
): Promise<JWTVerifyResult> {
  const options = {
    algorithms: [...algorithms],
    currentDate: new Date(nowMs),
    clockTolerance: clockSkewSeconds,
  };
  try {
    return await verifyWith(await keySet.current(), jwt, options);
  } catch (error) {
    if (!isKeyProblem(error)) return refuse(error);
    // The signer may have changed its keys since they were read.
    const renewed = await keySet.renewed();
    const again = renewed === undefined ? Promise.reject(error) : verifyWith(renewed, jwt, options);
    return again.catch((failure) => refuse(failure, isKeyProblem(failure) ? keySet.weaknesses() : []));
  }
}

async function verifyWith(
  keys: LocalJWKSet,
  jwt: string,
  options: Parameters<typeof jwtVerify>[2],
): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(jwt, keys, options);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      try {
        return await jwtVerify(jwt, key, options);
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

function isKeyProblem(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed;
}

/** `weaknesses`: of keys that could have been the right one. */
function refuse(error: unknown, weaknesses: readonly string[] = []): never {
  // jose looks at the claims of a good signature only.
  if (error instanceof errors.JWTExpired) throw new ExpiredJwt('it has expired');
  if (error instanceof errors.JWTClaimValidationFailed) throw new UntrustedJwt(error.message);
  // jose reports malformed input also by TypeError; other errors are not about the JWT.
  if (error instanceof errors.JOSEError || error instanceof TypeError)
    throw new UnprovedJwt([error.message, ...weaknesses].join('; '));
  throw error;
}

/**
 * The one rule about the times of a JWT of another party: it began before now and ends soon enough. That it has not ended is verified
 * with its signature. @throws UntrustedJwt
 */
export function checkTimes(
  { exp, nbf, iat }: JWTPayload,
  {
    nowMs,
    maxLifeSeconds,
    requiresEnd = true,
  }: Pick<JwtExpectation, 'nowMs' | 'maxLifeSeconds' | 'requiresEnd'>,
): void {
  const nowSeconds = nowMs / 1000;
  if (exp === undefined && requiresEnd) throw new UntrustedJwt('it has no exp');
  if (exp !== undefined && exp > nowSeconds + maxLifeSeconds + clockSkewSeconds) {
    throw new UntrustedJwt(`its exp is more than ${maxLifeSeconds} s from now`);
  }
  for (const [name, at] of Object.entries({ nbf, iat })) {
    if (at !== undefined && !(at <= nowSeconds + clockSkewSeconds)) {
      throw new UntrustedJwt(`its ${name} is in the future`);
    }
  }
}
