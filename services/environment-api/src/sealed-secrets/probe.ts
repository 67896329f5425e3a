/** Checks that the configured encryption keys open the stored secrets. */
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import { type Probe, type Verdict, worst } from '@gatehouse/service-kit/health';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { countSecretsOfOtherKeys, type SealedSecret, sampleSecrets } from './store.ts';

export function secretsProbe(db: Queryable, box: SecretBox): Probe {
  return {
    name: 'stored secrets',
    async run() {
      const verdicts = (await sampleSecrets(db)).map((secret) => verdictOf(secret, box));
      const count = await countSecretsOfOtherKeys(db, box.activeKeyId);
      if (count > 0)
        verdicts.push({
          status: 'warning',
          message: `${count} secrets are sealed with another key than ${box.activeKeyId}: run the command reencrypt.`,
        });
      return worst(verdicts, `The keys ${box.keyIds.join(', ')} open them.`);
    },
  };
}

function verdictOf({ envelope, place }: SealedSecret, box: SecretBox): Verdict {
  try {
    box.open(envelope, place);
    return { status: 'ok', message: '' };
  } catch (error) {
    const fix = 'put the key that sealed it back into GATEHOUSE_ENCRYPTION_KEYS';
    return {
      status: 'failed',
      message: `A secret of ${place.table}.${place.column} does not open (${(error as Error).message}): ${fix}.`,
    };
  }
}
