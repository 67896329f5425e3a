/** Signs our JWTs and recognises them again. Signing runs on the thread pool, not on the event loop. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { SigningKeys } from './signing-keys.ts';

export interface Signer {
  /** `typ` keeps one kind of token from passing for another (RFC 8725 section 3.11). */
  sign(claims: JWTPayload, typ: string): Promise<string>;
  /** The claims of a JWT that we signed, whatever its age; undefined for anything else. */
  recognize(jwt: string, typ: string): Promise<JWTPayload | undefined>;
}

export function createSigner(keys: SigningKeys, issuer: string, now: Clock): Signer {
  const { kid, algorithm, privateKey } = keys.active;
  const byKid = new Map(keys.all.map((key) => [key.kid, key]));

  return {
    sign: (claims, typ) =>
      new SignJWT(claims).setProtectedHeader({ alg: algorithm, kid, typ }).sign(privateKey),

    async recognize(jwt, typ) {
      try {
        const { payload } = await jwtVerify(
          jwt,
          (header) => {
            const key = byKid.get(header.kid ?? '');
            if (key === undefined || key.algorithm !== header.alg) throw new Error('the key is not ours');
            return key.publicKey;
          },
          {
            issuer,
            typ,
            algorithms: [...new Set(keys.all.map((key) => key.algorithm))],
            // OpenID Connect RP-Initiated Logout section 2 and Core section 3.1.2.1: hints may have expired.
            currentDate: new Date(Math.min(now(), issuedAt(jwt) ?? now())),
          },
        );
        return payload;
      } catch {
        return undefined;
      }
    },
  };
}

/** Read before the signature is checked, and used for nothing but to accept an expired hint. */
function issuedAt(jwt: string): number | undefined {
  const payload = jwt.split('.')[1];
  const { iat } = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString('utf8')) as { iat?: unknown };
  return typeof iat === 'number' ? iat * 1000 : undefined;
}
