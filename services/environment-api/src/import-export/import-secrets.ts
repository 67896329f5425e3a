/** Decides what an import does with a secret of its document: whether it is new, and whether the caller knows it. */
import type { SecretBox, SecretPlace } from '@gatehouse/service-kit/crypto';
import { badRequest } from '@gatehouse/service-kit/errors';
import type { Caller } from '../access/caller.ts';
import type { SecretField } from './document.ts';
import type { ResolveSecret } from './secret-reference.ts';

/** Empty: the stored one stays, and the caller need not know it. */
interface GivenSecret {
  changed?: string;
  /** The stored one, from a caller who knows it. */
  stored?: string;
}

export type ReadSecret = ReturnType<typeof createReadSecret>;

export function createReadSecret({
  secretBox,
  resolveSecret,
}: {
  secretBox: SecretBox;
  resolveSecret: ResolveSecret;
}) {
  /** `job.keptSecrets` gets the references without a value, whose stored secrets stay. @throws AppError 400 */
  return async (
    job: { keptSecrets: string[]; context: { caller: Caller } },
    secret: SecretField,
    field: string,
    stored: string | undefined,
    place: SecretPlace,
  ): Promise<GivenSecret> => {
    const text = await resolveSecret(secret, field);
    const name = typeof secret === 'string' ? field : secret.ref;
    if (text === undefined && stored === undefined) {
      throw badRequest(
        `The reference ${JSON.stringify(name)} leads nowhere, and there is no secret to keep: set it`,
        { field },
      );
    }
    if (text === undefined) {
      job.keptSecrets.push(name);
      return {};
    }
    const isStored = stored !== undefined && secretBox.open(stored, place).toString('utf8') === text;
    const isKnown = typeof secret === 'string' || job.context.caller.kind === 'ops';
    if (isStored) return isKnown ? { stored: text } : {};
    // A caller who only names a secret of this installation could have it sent to a server of its own.
    if (isKnown) return { changed: text };
    throw badRequest(
      `The reference ${JSON.stringify(name)} names a secret of this installation, which only the operator account may set: send the secret itself`,
      { field },
    );
  };
}
