/** Encrypts our keys towards identity providers again with the active encryption key. */
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import { inTransaction, type Pool } from '@gatehouse/service-kit/postgres';
import { ssoKeyPlace } from './service.ts';
import { listSsoKeys, lockSsoKeys, replaceSsoEnvelope } from './store.ts';

/**
 * How many keys were sealed anew; safe to run twice, or at once.
 * @throws Error when a key does not open: the encryption key that sealed it must be configured
 */
export async function reencryptSsoKeys(pool: Pool, box: SecretBox): Promise<number> {
  return inTransaction(pool, async (client) => {
    await lockSsoKeys(client);
    const keys = (await listSsoKeys(client)).filter(({ privateKey }) => !box.isCurrent(privateKey));
    for (const { id, privateKey } of keys)
      await replaceSsoEnvelope(client, id, box.reseal(privateKey, ssoKeyPlace(id)));
    return keys.length;
  });
}
