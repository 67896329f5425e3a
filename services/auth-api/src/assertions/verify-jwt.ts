/** Verifies a JWT that somebody else signed (RFC 7523 section 3, RFC 8725). */
import { errors, type JWTPayload, type JWTVerifyResult, jwtVerify, type LocalJWKSet } from 'jose';
import type { KeySet } from './key-sets.ts';

/** No algorithm with a shared secret, and none that is not asked for (RFC 8725 section 3.1). */
export const assertionAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];

/** Why a JWT proves nothing: for the log alone. */
export class UntrustedJwt extends Error {}

export interface JwtExpectation {
  /** Values of `typ`; a JWT without one is taken for any kind. */
  types: readonly string[];
  /** One of these, as one string: a list of audiences lets one server use what was meant for another. */
  audiences: readonly string[];
  nowMs: number;
  /** How far in the future `exp` may be. */
  longestLifeSeconds: number;
}

/** Clocks differ by so much: FAPI 2.0 section 5.3.2.1 asks for more than 10 s and less than 60 s. */
export const clockSkewSeconds = 30;

const longestJwt = 16_384;

/** The claims. @throws UntrustedJwt, UnreadableKeySet */
export async function verifyJwt(jwt: string, keySet: KeySet, expected: JwtExpectation): Promise<JWTPayload> {
  if (jwt.length > longestJwt) throw new UntrustedJwt('it is longer than any that is read');
  const { payload, protectedHeader } = await verifySignature(jwt, keySet, expected.nowMs);
  const type = protectedHeader.typ?.toLowerCase().replace(/^application\//, '');
  if (type !== undefined && !expected.types.includes(type)) throw new UntrustedJwt(`its typ is ${type}`);
  if (typeof payload.aud !== 'string' || !expected.audiences.includes(payload.aud)) {
    throw new UntrustedJwt('its aud is not this server');
  }
  checkTimes(payload, expected);
  return payload;
}

/** The `jti` and the moment from which the JWT is too old to come again. @throws UntrustedJwt */
export function singleUseOf({ jti, exp }: JWTPayload): { jti: string; untilMs: number } {
  if (typeof jti !== 'string' || jti === '' || jti.length > 256) {
    throw new UntrustedJwt('its jti is missing or longer than 256 characters');
  }
  return { jti, untilMs: ((exp ?? 0) + clockSkewSeconds) * 1000 };
}

/** What a JWT says before anything about it is proved: good for finding whose keys to try. */
export function unprovedClaims(jwt: string): Record<string, unknown> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

async function verifySignature(jwt: string, keySet: KeySet, nowMs: number): Promise<JWTVerifyResult> {
  const options = {
    algorithms: assertionAlgorithms,
    currentDate: new Date(nowMs),
    clockTolerance: clockSkewSeconds,
  };
  try {
    return await verifyWith(await keySet.current(), jwt, options);
  } catch (error) {
    if (isKeyProblem(error)) {
      // The signer may have changed its keys since they were read.
      const renewed = await keySet.renewed();
      if (renewed !== undefined) return verifyWith(renewed, jwt, options).catch(refuse);
    }
    return refuse(error);
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

function refuse(error: unknown): never {
  // The library refuses malformed input also by TypeError; what is no verdict about the JWT goes on as it is.
  if (error instanceof errors.JOSEError || error instanceof TypeError) throw new UntrustedJwt(error.message);
  throw error;
}

function checkTimes({ exp, nbf, iat }: JWTPayload, { nowMs, longestLifeSeconds }: JwtExpectation): void {
  const nowSeconds = nowMs / 1000;
  if (exp === undefined) throw new UntrustedJwt('it has no exp');
  if (exp > nowSeconds + longestLifeSeconds + clockSkewSeconds) {
    throw new UntrustedJwt(`its exp is more than ${longestLifeSeconds} s from now`);
  }
  for (const [name, at] of Object.entries({ nbf, iat })) {
    if (at !== undefined && !(at <= nowSeconds + clockSkewSeconds)) {
      throw new UntrustedJwt(`its ${name} is in the future`);
    }
  }
}
