/** The code that a person reads on a device and types into a browser (RFC 8628 section 6.1). */
import { randomBytes } from '@gatehouse/service-kit/random';

/** Base 20: no vowels, so no words; no digits and no letters that look like them. */
const letters = 'BCDFGHJKLMNPQRSTVWXZ';
const length = 8;
/** Above it a byte would make some letters likelier than others. */
const usable = 256 - (256 % letters.length);

export function newUserCode(): string {
  let code = '';
  while (code.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < usable && code.length < length) code += letters[byte % letters.length];
    }
  }
  return code;
}

/** As it is shown: `WDJB-MJHT`. */
export function formatUserCode(code: string): string {
  return `${code.slice(0, length / 2)}-${code.slice(length / 2)}`;
}

/** What was meant, whatever the case and whatever stands between; undefined when it cannot be a code. */
export function parseUserCode(typed: string): string | undefined {
  if (typed.length > 64) return undefined;
  const code = typed.toUpperCase().replace(/[^A-Z]/g, '');
  return code.length === length && [...code].every((letter) => letters.includes(letter)) ? code : undefined;
}
