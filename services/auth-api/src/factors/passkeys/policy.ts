/** Describes what a contact centre demands of the passkeys of its people. */
import type { SecondFactor } from '@gatehouse/contracts/environment-api';

export interface PasskeyPolicy {
  /**
   * `direct`: the authenticator proves its make, by the metadata that the operator gave; without it no passkey is made. `models`: the AAGUIDs that
   * are accepted; absent: all that the metadata knows. A model that nobody proved is none, so there is no list without attestation.
   */
  attestation: 'none' | { direct: { models?: readonly string[] } };
  /** Whether a passkey may be copied to other devices of the person, now or later. */
  syncedPasskeys: SecondFactor['syncedPasskeys'];
  /** For the browser, the first first: `security-key` where people share desks and have no telephone. */
  hints: readonly SecondFactor['hints'][number][];
}

/** The part of a policy of a contact centre that its passkeys obey. */
export function passkeyPolicyOf({
  attestation,
  passkeyModels,
  syncedPasskeys,
  hints,
}: Pick<SecondFactor, 'attestation' | 'passkeyModels' | 'syncedPasskeys' | 'hints'>): PasskeyPolicy {
  const models = passkeyModels.length === 0 ? {} : { models: passkeyModels };
  return { attestation: attestation === 'none' ? 'none' : { direct: models }, syncedPasskeys, hints };
}
