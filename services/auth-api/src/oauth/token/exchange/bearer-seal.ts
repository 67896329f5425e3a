/** Encrypts a text with a key derived from a secret that only its bearer has, so that a reader of the store cannot decrypt it. */
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { randomToken } from '@gatehouse/service-kit/crypto';

export interface BearerSeal {
  /** At least 128 random bits, so no stretching is needed; at most 64 bytes. */
  secret: string;
  salt: string;
  /** Keeps one use of a secret apart from another (RFC 5869 section 3.2). */
  purpose: string;
  /** The purpose that it belongs to: opening it for another one fails. */
  context: string;
}

const ivBytes = 12;
const tagBytes = 16;

export function sealForBearer(text: string, seal: BearerSeal): string {
  const iv = Buffer.from(randomToken(ivBytes), 'base64url');
  const cipher = createCipheriv('aes-256-gcm', keyOf(seal), iv, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(seal.context));
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
    'base64url',
  );
}

/** Undefined when the secret or the context is another one. */
export function openForBearer(sealed: string, seal: BearerSeal): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', keyOf(seal), bytes.subarray(0, ivBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(seal.context));
  decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes));
  const text = decipher.update(bytes.subarray(ivBytes, bytes.length - tagBytes));
  try {
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** As bytes, a key costs a cipher several times what it costs as an object. */
function keyOf({ secret, salt, purpose }: BearerSeal): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, salt, purpose, 32)));
}
