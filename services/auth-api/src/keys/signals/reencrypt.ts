/** Encrypts the bearer tokens of receivers again with the active encryption key. */
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import { inTransaction, type Pool } from '@gatehouse/service-kit/postgres';
import { bearerTokenPlace, listReceivers, lockReceiver, saveReceiver } from './receiver-store.ts';

/**
 * How many tokens were sealed anew; safe to run twice, or at once.
 * @throws Error when one does not open: the encryption key that sealed it must be configured
 */
export async function reencryptBearerTokens(pool: Pool, box: SecretBox): Promise<number> {
  return inTransaction(pool, async (client) => {
    let sealed = 0;
    for (const { id } of await listReceivers(client)) {
      const receiver = await lockReceiver(client, id);
      const token = receiver?.bearerToken ?? undefined;
      if (receiver === undefined || token === undefined || box.isCurrent(token)) continue;
      await saveReceiver(client, { ...receiver, bearerToken: box.reseal(token, bearerTokenPlace(id)) });
      sealed += 1;
    }
    return sealed;
  });
}
