/** Says which secrets can be guessed: short ones, well-known words, repeated characters, keys that are not random. */
import { parseEncryptionKeys } from '../crypto/secret-box.ts';

/** Words of documentation, demos and lists of stolen passwords. A longer word stands before its beginning. */
const knownWords = `
  1234567890 123456789 12345678 123456 12345 abcdefgh abcdef abc123 qwertyuiop qwerty administrator admin authentication
  auth changeit changeme change client database default demo elasticsearch elastic example gatehouse iloveyou internal
  letmein local login master monkey operator ops passphrase passwd passwort password passw0rd postgresql postgres
  production redis replace root sample secret service sunshine superuser test token user welcome your
`;
const knownWord = new RegExp(knownWords.trim().replaceAll(/\s+/g, '|'), 'gi');

/** The characters that a secret must have beside well-known words. */
const shortestRest = 8;
const fewestCharacters = 6;

/** Random 32 bytes have about 30 different ones; fewer than this happens once in 10^11. */
const fewestBytes = 16;

/** Returns the reason; undefined for a good secret. It holds nothing of the secret. */
export function textWeakness(text: string, shortest: number): string | undefined {
  if (text.length < shortest) return `has fewer than ${shortest} characters`;
  if (text.replace(knownWord, '').length < shortestRest) return 'is made of well-known words';
  if (new Set(text).size < fewestCharacters) return `has fewer than ${fewestCharacters} different characters`;
  return undefined;
}

/** Returns the reason with the id of the key; undefined where all keys look random. */
export function keysWeakness(keys: string): string | undefined {
  for (const [id, key] of parseEncryptionKeys(keys)) {
    if (!looksRandom(key)) return `has the key ${id}, which is not random (openssl rand -base64 32)`;
  }
  return undefined;
}

function looksRandom(key: Buffer): boolean {
  const steps = new Set(key.subarray(1).map((byte, index) => byte - (key[index] ?? 0)));
  const isText = key.every((byte) => byte >= 0x20 && byte < 0x7f);
  return new Set(key).size >= fewestBytes && steps.size > 2 && !isText;
}
