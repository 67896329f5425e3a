/** Composes the re-encryption of all stored secrets, and the probe that opens a sample. */

import type { Domain } from '../core/domain.ts';
import type { Core } from '../core/open-core.ts';
import { secretsProbe } from './probe.ts';
import { reencryptSecrets } from './reencrypt.ts';

export function composeSealedSecrets({ pool, changeLog, secretBox, log }: Core) {
  return {
    probes: [secretsProbe(pool, secretBox)],
    reencrypt: () => reencryptSecrets({ db: pool, changeLog, secretBox, log }),
  } satisfies Domain;
}
