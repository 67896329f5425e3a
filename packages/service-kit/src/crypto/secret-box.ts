/** Encrypts secrets that must be replayed: AES-256-GCM, bound to the table, row and column that holds them. */
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { Secret } from './secret.ts';
import { randomBytes } from './secrets.ts';

/** Where a sealed value lives; a value copied to another row or column does not open. */
export interface SecretPlace {
  table: string;
  row: string;
  column: string;
}

export type SecretBox = ReturnType<typeof createSecretBox>;

const version = 'v1';
const ivBytes = 12;
const tagBytes = 16;

/** `keys` is `id:base64,id2:base64`: 32 bytes each; the first seals, all of them open. */
export function createSecretBox(keys: Secret) {
  const byId = new Map(
    [...parseEncryptionKeys(keys.reveal())].map(([id, key]) => [id, createSecretKey(key)]),
  );
  const [activeKeyId, activeKey] = byId.entries().next().value ?? raise('no encryption key is configured');
  const box = {
    activeKeyId,
    /** Of every key that opens. */
    keyIds: [...byId.keys()],
    /** Whether the active key sealed it. */
    isCurrent: (envelope: string) => envelope.split('.')[1] === activeKeyId,
    /** Seals what another key has sealed with the active one. @throws as open */
    reseal: (envelope: string, place: SecretPlace) => box.seal(box.open(envelope, place), place),
    /** `v1.<key id>.<iv>.<ciphertext and tag>`, each base64url. */
    seal(plaintext: string | Uint8Array, place: SecretPlace): string {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', activeKey, iv, { authTagLength: tagBytes });
      cipher.setAAD(associatedData(place, activeKeyId));
      const sealed = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
      return [version, activeKeyId, iv.toString('base64url'), sealed.toString('base64url')].join('.');
    },
    /** @throws Error when the key is unknown, the value was changed or belongs to another place. */
    open(envelope: string, place: SecretPlace): Buffer {
      const [envelopeVersion, keyId = '', iv = '', sealedText = ''] = envelope.split('.');
      if (envelopeVersion !== version) raise('the envelope has an unknown version');
      const key = byId.get(keyId) ?? raise(`the encryption key ${JSON.stringify(keyId)} is not configured`);
      const sealed = Buffer.from(sealedText, 'base64url');
      if (sealed.length < tagBytes) raise('the envelope is too short');
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'), {
        authTagLength: tagBytes,
      });
      decipher.setAAD(associatedData(place, keyId));
      decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
      return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - tagBytes)), decipher.final()]);
    },
  };
  return box;
}

/** Keys for HMACs of one purpose, made from the encryption keys in their order (RFC 5869). */
export function deriveMacKeys(encryptionKeys: Secret, purpose: string): KeyObject[] {
  return [...parseEncryptionKeys(encryptionKeys.reveal()).values()].map((key) =>
    createSecretKey(Buffer.from(hkdfSync('sha256', key.toString('base64url'), 'gatehouse', purpose, 32))),
  );
}

/** @throws Error that names the entry which is wrong, never its key. */
export function parseEncryptionKeys(text: string): Map<string, Buffer> {
  const keys = new Map<string, Buffer>();
  for (const entry of text.split(',').map((part) => part.trim())) {
    const colon = entry.indexOf(':');
    const id = entry.slice(0, Math.max(colon, 0));
    if (!/^[A-Za-z0-9_-]{1,32}$/.test(id)) raise('an entry has no key id: write id:base64');
    const key = Buffer.from(entry.slice(colon + 1), 'base64');
    if (key.length !== 32)
      raise(`key ${id} has ${key.length} bytes; 32 are needed (openssl rand -base64 32)`);
    if (keys.has(id)) raise(`key id ${id} is there twice`);
    keys.set(id, key);
  }
  return keys;
}

function associatedData({ table, row, column }: SecretPlace, keyId: string): Buffer {
  return Buffer.from([table, row, column, keyId].join('|'));
}

function raise(message: string): never {
  throw new Error(message);
}
