/** Folds user names for comparison: Unicode simple case folding, without normalisation. */

/**
 * The comparison key: two names are the same account exactly when their keys are equal.
 * Folding is per code point (Unicode CaseFolding status C and S), so lengths in code points never change.
 */
export function foldUserName(userName: string): string {
  if (!beyondAscii.test(userName)) return userName.toLowerCase();
  let folded = '';
  for (const character of userName) folded += foldCharacter(character);
  return folded;
}

const beyondAscii = /[^\0-\x7f]/;

// U+0131 folds only in Turkic locales, although its upper case is a plain I.
const dotlessI = 'ı';

function foldCharacter(character: string): string {
  if (character === dotlessI) return character;
  const upper = character.toUpperCase();
  const lower = (isOneCodePoint(upper) ? upper : character).toLowerCase();
  return isOneCodePoint(lower) ? lower : character;
}

function isOneCodePoint(text: string): boolean {
  const first = text.codePointAt(0);
  return first !== undefined && text.length === (first > 0xffff ? 2 : 1);
}
