/** Makes keys and proofs of possession (DPoP, RFC 9449). */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import type { Secret } from './secret.ts';

export interface ProofKey {
  /** The private key: PEM. */
  secret: Secret;
  jwk: { kty: string; crv: string; x: string; y: string };
  /** By which tokens name the key (RFC 7638). */
  thumbprint: string;
}

export async function createProofKey(variable: string): Promise<ProofKey> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kty = '', crv = '', x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const jwk = { kty, crv, x, y };
  return {
    secret: { variable, value: String(privateKey.export({ type: 'pkcs8', format: 'pem' })).trim() },
    jwk,
    thumbprint: await calculateJwkThumbprint(jwk),
  };
}

/** For one request, and for one token where the request carries one. */
export function makeProof(key: ProofKey, method: string, url: string, accessToken?: string): string {
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: key.jwk };
  const claims = {
    jti: randomBytes(16).toString('hex'),
    iat: Math.floor(Date.now() / 1000),
    htm: method,
    htu: url,
    ...(accessToken !== undefined && {
      ath: createHash('sha256').update(accessToken).digest('base64url'),
    }),
  };
  const encoded = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const signed = encoded.join('.');
  const signature = sign('sha256', Buffer.from(signed), { key: key.secret.value, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}
