/** Describes passkeys: their algorithms, and what authenticators say of them when they are made and at each use. */

/** EdDSA, ES256 and RS256 (IANA, COSE Algorithms), the best one first. */
export const algorithms = [-8, -7, -257];

/** The facts of one use of a passkey. */
export interface Use {
  /** The authenticator knew its owner by PIN or body: the passkey is two factors then. */
  isVerified: boolean;
  /** Whether it may ever be on several devices; never changes. */
  isEligible: boolean;
  /** Whether it is kept elsewhere as well now. */
  isSynced: boolean;
  counter: number;
}

export interface NewPasskey extends Use {
  id: Buffer;
  publicKey: Buffer;
  aaguid: string;
  transports: readonly string[];
  /** Whether the model is proved. */
  isAttested: boolean;
}
