/** Decrypts an assertion with the key of ours that it was encrypted for. */
import { promisify } from 'node:util';
import { SsoError } from '../failure.ts';
import type { SsoKey } from '../keys/service.ts';

export interface OpenedAssertion {
  xml: string;
  /** The key that opened it. */
  key: SsoKey;
}

type DecryptXml = (xml: string, options: { key: string }) => Promise<string | undefined>;

/**
 * Wrong key, wrong padding and wrong text are one failure: a difference would open CBC texts byte by byte.
 * @throws SsoError decryption_failed
 */
export async function openAssertion(encrypted: Element, keys: readonly SsoKey[]): Promise<OpenedAssertion> {
  const { decrypt } = await import('xml-encryption');
  const decryptXml = promisify(decrypt) as DecryptXml;
  const xml = encrypted.toString();
  for (const key of keys) {
    try {
      const opened = await decryptXml(xml, { key: key.privateKey });
      if (opened?.includes('Assertion')) return { xml: opened, key };
    } catch {
      // The next key may be the one.
    }
  }
  throw new SsoError(
    'decryption_failed',
    `none of our ${keys.length} keys opens it: let the identity provider read our metadata again`,
  );
}
