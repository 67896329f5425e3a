/** Encrypts what a browser keeps for us, so that it can neither read nor change it (JWE, RFC 7516). */
import { CompactEncrypt, compactDecrypt } from 'jose';

export type Seal = ReturnType<typeof createSeal>;

const header = { alg: 'dir', enc: 'A256GCM' } as const;
const accepted = { keyManagementAlgorithms: [header.alg], contentEncryptionAlgorithms: [header.enc] };

/** The first key seals; each one opens, so that a key can be replaced while sessions live. */
export function createSeal(keys: readonly [Uint8Array, ...Uint8Array[]]) {
  const [first] = keys;
  return {
    async seal(content: object): Promise<string> {
      const text = new TextEncoder().encode(JSON.stringify(content));
      return new CompactEncrypt(text).setProtectedHeader(header).encrypt(first);
    },
    /** Undefined: not sealed by us, or with a key that is gone. */
    async open(text: string): Promise<unknown> {
      for (const key of keys) {
        try {
          const { plaintext } = await compactDecrypt(text, key, accepted);
          return JSON.parse(new TextDecoder().decode(plaintext));
        } catch {
          // The next key may fit.
        }
      }
      return undefined;
    },
  };
}
