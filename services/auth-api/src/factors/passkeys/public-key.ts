/** Judges the public key that an authenticator sends: one of three algorithms, and no key for which others could sign. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { weaknessOf } from '@gatehouse/service-kit/crypto';
import { decodeCredentialPublicKey } from '@simplewebauthn/server/helpers';

/** The end of a sentence about the key; undefined for one that may be used. Rejects bytes that are no COSE key. */
export function keyProblemOf(cose: Uint8Array): string | undefined {
  const key = keyOf(cose);
  return key === undefined ? 'is of no algorithm that was offered' : weaknessOf(key, { isOfRequest: true });
}

/** RFC 9053: 1 key type, 3 algorithm, -1 curve or modulus, -2 and -3 coordinates, or exponent. */
function keyOf(cose: Uint8Array): KeyObject | undefined {
  const members = decodeCredentialPublicKey(new Uint8Array(cose)) as unknown as Map<number, unknown>;
  const [kty, alg, crv] = [members.get(1), members.get(3), members.get(-1)];
  const text = (label: number) => Buffer.from(members.get(label) as Uint8Array).toString('base64url');
  const of = (jwk: Record<string, string>) => createPublicKey({ key: jwk, format: 'jwk' });
  if (alg === -8 && kty === 1 && crv === 6) return of({ kty: 'OKP', crv: 'Ed25519', x: text(-2) });
  if (alg === -7 && kty === 2 && crv === 1) return of({ kty: 'EC', crv: 'P-256', x: text(-2), y: text(-3) });
  if (alg === -257 && kty === 3) return of({ kty: 'RSA', n: text(-1), e: text(-2) });
  return undefined;
}
