/** Nonces for DPoP proofs (RFC 9449 section 8): made from the time and a shared key, so that no replica stores any. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { equalDigests } from '@gatehouse/service-kit/crypto/digest';
import { createHmacSha256, hkdfSha256 } from '@gatehouse/service-kit/crypto/hmac';
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
  const macs = [...parseEncryptionKeys(encryptionKeys.reveal()).values()].map((key) =>
    createHmacSha256(hkdfSha256(key.toString('base64url'), 'gatehouse', 'dpop nonce')),
  );
  const step = () => Math.floor(now() / stepMs);
  let made: { step: number; nonce: string } | undefined;

  const sign = (mac: (message: Uint8Array) => Buffer, at: number) =>
    mac(Buffer.from(String(at)))
      .subarray(0, 16)
      .toString('base64url');

  return {
    isRequired,
    current() {
      const at = step();
      const [mac] = macs;
      if (mac === undefined) throw new Error('no encryption key is configured');
      if (made?.step !== at) made = { step: at, nonce: `${at.toString(36)}.${sign(mac, at)}` };
      return made.nonce;
    },
    isValid(nonce) {
      const [, time = '', signature = ''] = /^([0-9a-z]{1,10})\.([A-Za-z0-9_-]{22})$/.exec(nonce) ?? [];
      const at = Number.parseInt(time, 36);
      const age = step() - at;
      if (!(age >= -1 && age < acceptedSteps)) return false;
      return macs.some((mac) => equalDigests(signature, sign(mac, at)));
    },
  };
}
