/** Seals every stored secret with the active key, batch by batch, while the service runs. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ChangeLog } from '@gatehouse/service-kit/changes';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { countSecretsOfOtherKeys, lockSecretsOfOtherKeys } from './store.ts';

const batchSize = 100;
const maxEmptyRounds = 5;
const pauseMs = 200;

/**
 * Each batch is one transaction with its change events, so readers take the new seals before the old key is removed.
 * A secret that does not open ends the command: its key must be configured. Safe to run twice, also concurrently.
 * Returns the number of sealed secrets, and of those that other writers kept locked: for them the command must run again.
 */
export async function reencryptSecrets({
  db,
  changeLog,
  secretBox,
  log,
}: {
  db: Queryable;
  changeLog: ChangeLog;
  secretBox: SecretBox;
  log: Logger;
}): Promise<{ sealed: number; remaining: number }> {
  const { activeKeyId } = secretBox;
  let sealed = 0;

  async function sealBatch(): Promise<number> {
    return changeLog.inTransaction(async ({ client, record }) => {
      const secrets = await lockSecretsOfOtherKeys(client, activeKeyId, batchSize);
      for (const { envelope, place, replace, copied } of secrets) {
        await replace(client, secretBox.reseal(envelope, place));
        if (copied) record(copied);
      }
      return secrets.length;
    });
  }

  for (let rounds = 0; rounds < maxEmptyRounds; ) {
    const count = await sealBatch();
    sealed += count;
    const remaining = await countSecretsOfOtherKeys(db, activeKeyId);
    if (count > 0) log.info({ sealed, remaining, keyId: activeKeyId }, 'secrets sealed with the active key');
    if (remaining === 0) break;
    if (count > 0) continue;
    // Other writers lock the remaining secrets.
    rounds += 1;
    await delay(pauseMs);
  }
  return { sealed, remaining: await countSecretsOfOtherKeys(db, activeKeyId) };
}
