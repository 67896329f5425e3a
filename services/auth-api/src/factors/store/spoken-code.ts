/** Makes codes that people read, type and dictate: Crockford's base 32, in groups, without letters that look alike. */
import { randomBytes } from '@gatehouse/service-kit/crypto';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Five random bits a character. */
export function makeSpokenCode(groups: number, groupLength: number): string {
  const characters = Array.from(randomBytes(groups * groupLength), (byte) => alphabet.charAt(byte & 31));
  return Array.from({ length: groups }, (_, group) =>
    characters.slice(group * groupLength, (group + 1) * groupLength).join(''),
  ).join('-');
}

/** The characters that were meant, without the groups: case, spaces and dashes do not matter, and I, L and O are digits. */
export function readSpokenCode(typed: string): string {
  return typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}]/gu, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
}
