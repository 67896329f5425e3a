/** Seals every secret with the active key, a batch at a time, while the service goes on serving. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ChangeLog } from '@gatehouse/service-kit/changes/log';
import type { SecretBox } from '@gatehouse/service-kit/crypto/secret-box';
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import { countSecretsOfOtherKeys, lockSecretsOfOtherKeys } from './store.ts';

export interface Reencrypted {
  /** Secrets that were sealed anew. */
  sealed: number;
  /** Secrets that a writer held until the end: run the command again. */
  remaining: number;
}

const batchSize = 100;
const emptyRounds = 5;
const pauseMs = 200;

/**
 * Every batch is one transaction with its change events, so readers take the new seals before the old key is removed.
 * Secrets that do not open end the command: the key that sealed them must be configured. Safe to run twice, or at once.
 */
export async function reencryptSecrets(deps: {
  db: Queryable;
  changeLog: ChangeLog;
  secretBox: SecretBox;
  log: Logger;
}): Promise<Reencrypted> {
  const { db, changeLog, secretBox, log } = deps;
  const { activeKeyId } = secretBox;
  let sealed = 0;

  async function sealBatch(): Promise<number> {
    return changeLog.inTransaction(async ({ client, record }) => {
      const secrets = await lockSecretsOfOtherKeys(client, activeKeyId, batchSize);
      for (const { envelope, place, replace, copied } of secrets) {
        await replace(client, secretBox.seal(secretBox.open(envelope, place), place));
        if (copied) record(copied);
      }
      return secrets.length;
    });
  }

  for (let rounds = 0; rounds < emptyRounds; ) {
    const count = await sealBatch();
    sealed += count;
    const remaining = await countSecretsOfOtherKeys(db, activeKeyId);
    if (count > 0) log.info({ sealed, remaining, keyId: activeKeyId }, 'secrets sealed with the active key');
    if (remaining === 0) break;
    if (count > 0) continue;
    rounds += 1;
    await delay(pauseMs);
  }
  return { sealed, remaining: await countSecretsOfOtherKeys(db, activeKeyId) };
}
