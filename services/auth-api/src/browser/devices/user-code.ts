/** Makes and reads the code that a user reads on a device and types into a browser (RFC 8628 section 6.1). */
import { randomBytes } from '@gatehouse/service-kit/crypto';

/** RFC 8628 section 6.1: without vowels there are no words, without digits no look-alikes. */
const letters = 'BCDFGHJKLMNPQRSTVWXZ';
const length = 8;
/** Bytes from here on would make some letters likelier than others. */
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

/** Formats a code as pages show it: `WDJB-MJHT`. */
export function formatUserCode(code: string): string {
  return `${code.slice(0, length / 2)}-${code.slice(length / 2)}`;
}

/** Ignores case and separators; gives undefined for a text that cannot be a code. */
export function parseUserCode(typed: string): string | undefined {
  if (typed.length > 64) return undefined;
  const code = typed.toUpperCase().replace(/[^A-Z]/g, '');
  return code.length === length && [...code].every((letter) => letters.includes(letter)) ? code : undefined;
}
