/** Seals the private keys with the active encryption key, so that a former one can be taken out of the configuration. */
import type { SecretBox } from '@gatehouse/service-kit/crypto/secret-box';
import { inTransaction, type Pool } from '@gatehouse/service-kit/postgres/pool';
import { listKeys, lockKeys, placeOf, replaceEnvelope } from './store.ts';

/**
 * How many keys were sealed anew. Safe to run twice, or at once; replicas that know both encryption keys notice nothing.
 * @throws Error when a key does not open: the encryption key that sealed it must be configured
 */
export async function reencryptSigningKeys(pool: Pool, box: SecretBox): Promise<number> {
  return inTransaction(pool, async (client) => {
    await lockKeys(client);
    let sealed = 0;
    for (const { kid, privateKey } of await listKeys(client)) {
      if (privateKey === undefined || privateKey.split('.')[1] === box.activeKeyId) continue;
      const place = placeOf(kid);
      await replaceEnvelope(client, kid, box.seal(box.open(privateKey, place), place));
      sealed += 1;
    }
    return sealed;
  });
}
