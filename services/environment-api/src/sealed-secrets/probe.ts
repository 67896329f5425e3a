/** Checks that the configured encryption keys open the stored secrets. */
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import { type Probe, saidAs, type Verdict, worst } from '@gatehouse/service-kit/health';
import type { Queryable } from '@gatehouse/service-kit/postgres';
import { say } from '@gatehouse/service-kit/sentences';
import { countSecretsOfOtherKeys, type SealedSecret, sampleSecrets } from './store.ts';

export function secretsProbe(db: Queryable, box: SecretBox): Probe {
  return {
    name: 'stored secrets',
    async run() {
      const faults = (await sampleSecrets(db)).flatMap((secret) => faultsOf(secret, box));
      const count = await countSecretsOfOtherKeys(db, box.activeKeyId);
      if (count > 0)
        faults.push(saidAs('warning', [say('probe.secrets.otherSeal', { active: box.activeKeyId, count })]));
      return worst(faults, say('probe.secrets.fine', { names: [...box.keyIds] }));
    },
  };
}

function faultsOf({ envelope, place }: SealedSecret, box: SecretBox): Verdict[] {
  try {
    box.open(envelope, place);
    return [];
  } catch (error) {
    const column = `${place.table}.${place.column}`;
    return [saidAs('failed', [say('probe.secrets.closed', { column, detail: (error as Error).message })])];
  }
}
