/** The answer to an honest retry: sealed under a key that only the bearer of the presented token can make. */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { hkdfSha256 } from '@gatehouse/service-kit/crypto/hmac';
import { randomToken } from '@gatehouse/service-kit/random';
import type { FamilyToken } from './family-token.ts';

/** The random parts of a refresh answer; everything else follows from the family's record. */
export interface Successor {
  accessToken: string;
  refreshSecret: string;
}

const ivBytes = 12;
const tagBytes = 16;

/** Nothing readable is stored: opening takes the presented token, and the holder that it was sealed for. */
export function sealSuccessor(successor: Successor, presented: FamilyToken, holder: string): string {
  const iv = Buffer.from(randomToken(ivBytes), 'base64url');
  const cipher = createCipheriv('aes-256-gcm', keyFrom(presented), iv, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(holder));
  const text = JSON.stringify([successor.accessToken, successor.refreshSecret]);
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
    'base64url',
  );
}

/** Undefined when the token or the holder is another one. */
export function openSuccessor(sealed: string, presented: FamilyToken, holder: string): Successor | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', keyFrom(presented), bytes.subarray(0, ivBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(holder));
  decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes));
  try {
    const text = decipher.update(bytes.subarray(ivBytes, bytes.length - tagBytes), undefined, 'utf8');
    const [accessToken = '', refreshSecret = ''] = JSON.parse(text + decipher.final('utf8')) as string[];
    return { accessToken, refreshSecret };
  } catch {
    return undefined;
  }
}

/** RFC 5869; the secret has 256 bits of entropy, so no stretching is needed. */
function keyFrom({ familyId, secret }: FamilyToken): Buffer {
  return hkdfSha256(secret, familyId, 'gatehouse refresh successor');
}
