/** Encrypts the private keys with the active encryption key, so that a former one can be removed from the configuration. */
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import { inTransaction, type Pool } from '@gatehouse/service-kit/postgres';
import { listKeys, lockKeys, replaceEnvelope, signingKeyPlace } from './store.ts';

/**
 * Safe to run twice or concurrently; replicas that know both encryption keys are not affected.
 * @returns the number of keys that were encrypted again.
 * @throws Error if a key cannot be decrypted: the encryption key that sealed it must be configured
 */
export async function reencryptSigningKeys(pool: Pool, box: SecretBox): Promise<number> {
  return inTransaction(pool, async (client) => {
    await lockKeys(client);
    let sealed = 0;
    for (const { kid, privateKey } of await listKeys(client)) {
      if (privateKey === undefined || box.isCurrent(privateKey)) continue;
      await replaceEnvelope(client, kid, box.reseal(privateKey, signingKeyPlace(kid)));
      sealed += 1;
    }
    return sealed;
  });
}
