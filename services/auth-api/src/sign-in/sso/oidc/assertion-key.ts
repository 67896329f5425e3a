/** Prepares our signing key for client assertions (RFC 7523): the private key to sign, the public key to publish. */
import { createPublicKey } from 'node:crypto';
import { type CryptoKey, calculateJwkThumbprint, importPKCS8 } from 'jose';
import type { SsoKey } from '../keys/service.ts';

const algorithm = 'RS256';

interface PublicSigningKey {
  kty: string;
  n: string;
  e: string;
  use: 'sig';
  alg: string;
  kid: string;
}

export async function assertionKey(key: SsoKey): Promise<{ key: CryptoKey; kid: string }> {
  const { kid } = await publicJwk(key);
  return { key: await importPKCS8(key.privateKey, algorithm), kid };
}

/** Named members only, so that a private one can never slip in. */
export async function publicJwk({ certificate }: Pick<SsoKey, 'certificate'>): Promise<PublicSigningKey> {
  const { kty = '', n = '', e = '' } = createPublicKey(certificate).export({ format: 'jwk' });
  return { kty, n, e, use: 'sig', alg: algorithm, kid: await calculateJwkThumbprint({ kty, n, e }) };
}
