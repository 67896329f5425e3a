/** Makes and verifies nonces for DPoP proofs (RFC 9449 section 8) from the time and a shared key, so that no replica stores any. */
import { createHmac, type KeyObject } from 'node:crypto';
import type { Clock } from '@gatehouse/service-kit/clock';
import { deriveMacKeys, equalDigests, type Secret } from '@gatehouse/service-kit/crypto';

export type DpopNonces = ReturnType<typeof createDpopNonces>;

interface DpopNoncesOptions {
  /** The keys that all replicas share; a nonce made under any of them is valid. */
  encryptionKeys: Secret;
  /** Whether a proof without a nonce is refused. */
  isRequired: boolean;
  now: Clock;
}

/** Interval of new nonces. */
const stepMs = 60_000;
/** The current nonce and those before it: this allows for the age of a proof and for differences between clocks. */
const acceptedSteps = 5;
/** Time in which a proof with a nonce is accepted. */
export const nonceLifeMs = (acceptedSteps + 1) * stepMs;

export function createDpopNonces({ encryptionKeys, isRequired, now }: DpopNoncesOptions) {
  const nonceKeys = deriveMacKeys(encryptionKeys, 'dpop nonce');
  const step = () => Math.floor(now() / stepMs);
  let made: { step: number; nonce: string } | undefined;

  const sign = (key: KeyObject, at: number) =>
    createHmac('sha256', key).update(String(at)).digest().subarray(0, 16).toString('base64url');

  return {
    isRequired,
    current(): string {
      const at = step();
      const [key] = nonceKeys;
      if (key === undefined) throw new Error('no encryption key is configured');
      if (made?.step !== at) made = { step: at, nonce: `${at.toString(36)}.${sign(key, at)}` };
      return made.nonce;
    },
    /** Tells whether a replica issued the nonce within the accepted time. */
    isValid(nonce: string): boolean {
      const [, time = '', signature = ''] = /^([0-9a-z]{1,10})\.([A-Za-z0-9_-]{22})$/.exec(nonce) ?? [];
      const at = Number.parseInt(time, 36);
      const age = step() - at;
      if (!(age >= -1 && age < acceptedSteps)) return false;
      return nonceKeys.some((key) => equalDigests(signature, sign(key, at)));
    },
  };
}
