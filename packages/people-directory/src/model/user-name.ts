/** Folds names for comparison: as the Configuration Server compares them, and as people spell them. */

/**
 * The comparison key of the Configuration Server: two names are the same account exactly when their keys are equal.
 * Folding is per code point (Unicode CaseFolding status C and S) without normalisation, so lengths in code points never change.
 */
export function foldUserName(userName: string): string {
  if (!beyondAscii.test(userName)) return userName.toLowerCase();
  let folded = '';
  for (const character of userName) folded += foldCharacter(character);
  return folded;
}

/** The comparison key of what people type: spellings that differ only by case, width or composition are one name. */
export function foldSpelling(text: string): string {
  // Folding can leave a sequence that composes again, hence the second normalisation.
  return foldUserName(text.normalize('NFKC')).normalize('NFKC').trim();
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
