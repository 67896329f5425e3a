/** Looks at the address of a client's keys for one that its registration needs for encryption. */
import { noKeyFor, publishedKey } from '../../../core/assertions/encryption.ts';
import type { KeySets } from '../../../core/assertions/key-sets.ts';
import { type Client, encryptedAnswers } from '../client.ts';
import { fieldError } from './rules.ts';
import type { ClientPatch } from './schemas.ts';

/** An address that cannot be read yet is accepted: until it can, nothing is answered that must be encrypted. @throws AppError (400) */
export async function checkRemoteKeys(
  { jwksUri, ...client }: Client,
  keySets: Pick<KeySets, 'of'>,
): Promise<void> {
  const keySet = jwksUri === undefined ? undefined : keySets.of({ jwksUri, clientId: client.clientId });
  if (keySet === undefined) return;
  for (const name of encryptedAnswers) {
    const alg = client[`${name}Alg`];
    const isMissing =
      alg !== undefined &&
      (await publishedKey(keySet, alg).then(
        (key) => key === undefined,
        () => false,
      ));
    if (isMissing) throw fieldError(`${name}Alg`, noKeyFor(alg));
  }
}

/** Whether a change makes the keys at the address matter anew. */
export function needsRemoteKeys(patch: ClientPatch): boolean {
  return Boolean(patch.jwksUri) || encryptedAnswers.some((name) => patch[`${name}Alg`]);
}
