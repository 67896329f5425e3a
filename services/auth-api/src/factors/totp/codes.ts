/** Makes and judges time-based one-time codes (RFC 6238). */
import { randomBytes } from '@gatehouse/service-kit/crypto';
import { Secret, TOTP } from 'otpauth';

export const totpAlgorithms = ['SHA1', 'SHA256'] as const;
export const totpDigits = [6, 8] as const;

export interface TotpForm {
  digits: (typeof totpDigits)[number];
  /** Of the HMAC. Some apps know no other than SHA1. */
  algorithm: (typeof totpAlgorithms)[number];
}

const periodSeconds = 30;
/** Steps before and after: the clock of a telephone may be wrong by half a minute (RFC 6238 section 5.2). */
const drift = 1;

/** As long as the output of the hash (RFC 4226 section 4, R6; RFC 6238 section 5.1). */
export const makeTotpSecret = (algorithm: TotpForm['algorithm']): Buffer =>
  randomBytes(algorithm === 'SHA256' ? 32 : 20);

const secretOf = (bytes: Uint8Array) => new Secret({ buffer: Uint8Array.from(bytes).buffer });

/** As apps take it typed in. */
export const base32Of = (bytes: Uint8Array): string => secretOf(bytes).base32;

/** Of the picture that apps scan. `issuer` and `account`: as the app shows them. */
export function totpUri(
  bytes: Uint8Array,
  { digits, algorithm }: TotpForm,
  { issuer, account }: { issuer: string; account: string },
): string {
  const secret = secretOf(bytes);
  return new TOTP({ issuer, label: account, secret, digits, algorithm, period: periodSeconds }).toString();
}

/** The digits that were meant: spaces do not matter, and keyboards write digits of their language. */
export function readTotpCode(typed: string): string {
  return typed
    .normalize('NFKC')
    .replace(/\s/g, '')
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0));
}

/** The time step for which the code is right; undefined: for none that counts now. */
export function stepOf(
  code: string,
  bytes: Uint8Array,
  { digits, algorithm }: TotpForm,
  nowMs: number,
): number | undefined {
  if (!/^\d+$/.test(code)) return undefined;
  const delta = TOTP.validate({
    token: code,
    secret: secretOf(bytes),
    ...{ digits, algorithm, period: periodSeconds },
    timestamp: nowMs,
    window: drift,
  });
  return delta === null ? undefined : Math.floor(nowMs / 1000 / periodSeconds) + delta;
}
