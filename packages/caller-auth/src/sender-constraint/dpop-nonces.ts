/** Nonces for DPoP proofs (RFC 9449 section 8): made from the time and a shared key, so that no replica stores any. */
import { createHmac, hkdfSync } from 'node:crypto';
import type { Clock } from '@gatehouse/service-kit/clock';
import { equalDigests } from '@gatehouse/service-kit/crypto/digest';
import { parseEncryptionKeys } from '@gatehouse/service-kit/crypto/secret-box';
import type { Secret } from '@gatehouse/service-kit/secret';

export interface DpopNonces {
  /** Whether a proof without one is refused. */
  readonly isRequired: boolean;
  current(): string;
  /** Whether a replica gave it out, not too long ago. */
  isValid(nonce: string): boolean;
}

export interface DpopNoncesOptions {
  /** All replicas share them; a nonce that was made under any of them is good. */
  encryptionKeys: Secret;
  isRequired: boolean;
  now: Clock;
}

/** A new nonce so often. */
const stepMs = 60_000;
/** The current one and those before it: a proof may be that old, and a clock of a replica that wrong. */
const acceptedSteps = 5;
/** For so long a proof with a nonce can be presented. */
export const nonceLifeMs = (acceptedSteps + 1) * stepMs;

export function createDpopNonces({ encryptionKeys, isRequired, now }: DpopNoncesOptions): DpopNonces {
  const nonceKeys = [...parseEncryptionKeys(encryptionKeys.reveal()).values()].map((key) =>
    Buffer.from(hkdfSync('sha256', key.toString('base64url'), 'gatehouse', 'dpop nonce', 32)),
  );
  const step = () => Math.floor(now() / stepMs);
  let made: { step: number; nonce: string } | undefined;

  const sign = (key: Buffer, at: number) =>
    createHmac('sha256', key).update(String(at)).digest().subarray(0, 16).toString('base64url');

  return {
    isRequired,
    current() {
      const at = step();
      const [key] = nonceKeys;
      if (key === undefined) throw new Error('no encryption key is configured');
      if (made?.step !== at) made = { step: at, nonce: `${at.toString(36)}.${sign(key, at)}` };
      return made.nonce;
    },
    isValid(nonce) {
      const [, time = '', signature = ''] = /^([0-9a-z]{1,10})\.([A-Za-z0-9_-]{22})$/.exec(nonce) ?? [];
      const at = Number.parseInt(time, 36);
      const age = step() - at;
      if (!(age >= -1 && age < acceptedSteps)) return false;
      return nonceKeys.some((key) => equalDigests(signature, sign(key, at)));
    },
  };
}
