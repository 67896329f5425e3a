/** Decrypts an assertion with the key of ours that it was encrypted for. */
import { createDecipheriv, getCipherInfo } from 'node:crypto';
import { SsoError } from '../failure.ts';
import type { SsoKey } from '../keys/service.ts';
import type { EncryptedAssertion } from './encrypted-assertion.ts';
import { unwrapKey } from './oaep.ts';

const tagLength = 16;

/** Wrong key, wrong padding and wrong text are one failure: a difference would open them byte by byte. @throws SsoError decryption_failed */
export function openAssertion(encrypted: EncryptedAssertion, keys: readonly SsoKey[]): string {
  for (const { privateKey } of keys) {
    for (const { text, ways } of encrypted.wrappedKeys) {
      for (const way of ways) {
        const opened = openData(encrypted, unwrapKey(text, privateKey, way));
        if (opened !== undefined) return opened.toString('utf8');
      }
    }
  }
  const named = encrypted.wrappedKeys.map((key) => key.named).join('; ');
  throw new SsoError(
    'decryption_failed',
    `none of our ${keys.length} keys opens it (${encrypted.cipher}, its key by ${named}): set encryptAssertions and let the identity provider read our metadata again, or give it the encryption certificate from there`,
  );
}

function openData({ cipher, data }: EncryptedAssertion, key: Buffer | undefined): Buffer | undefined {
  const { keyLength, ivLength = 0 } = getCipherInfo(cipher) ?? {};
  if (key === undefined || key.length !== keyLength || data.length < ivLength + tagLength) return undefined;
  const iv = data.subarray(0, ivLength);
  try {
    if (cipher === 'aes-128-cbc' || cipher === 'aes-256-cbc') {
      const decipher = createDecipheriv(cipher, key, iv).setAutoPadding(false);
      return withoutPadding(Buffer.concat([decipher.update(data.subarray(ivLength)), decipher.final()]));
    }
    const decipher = createDecipheriv(cipher, key, iv, { authTagLength: tagLength });
    decipher.setAuthTag(data.subarray(-tagLength));
    return Buffer.concat([decipher.update(data.subarray(ivLength, -tagLength)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** Section 5.2: the last byte counts the padding. A wrong one is no failure of its own: the text is no XML then. */
function withoutPadding(text: Buffer): Buffer {
  const count = text.at(-1) ?? 0;
  return text.subarray(0, text.length - Math.min(count, 16));
}
