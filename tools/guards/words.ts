/** Compares texts by their words, so that line ends, spaces and the comma behind the last entry of a list make no difference. */

export interface Word {
  text: string;
  start: number;
  end: number;
}

export interface Match {
  /** The first word of the match, and the one behind its last word. */
  from: number;
  until: number;
  /** How many of the wanted words were found one after the other. */
  length: number;
}

/** A name, a number or a single sign. */
const word = /[\p{ID_Continue}$]+|\S/gu;

export function wordsOf(text: string): Word[] {
  return [...text.matchAll(word)].map(({ 0: found, index }) => ({
    text: found,
    start: index,
    end: index + found.length,
  }));
}

/** From each word on as far as the wanted words go. */
export function matchesOf(words: readonly Word[], wanted: readonly Word[]): Match[] {
  return words.map((_, from) => matchFrom(from, words, wanted)).filter(({ length }) => length > 0);
}

function matchFrom(from: number, words: readonly Word[], wanted: readonly Word[]): Match {
  let until = from;
  let length = 0;
  while (length < wanted.length) {
    if (words[until]?.text === wanted[length]?.text) {
      until += 1;
      length += 1;
    } else if (until > from && isLastComma(words, until)) until += 1;
    else if (length > 0 && isLastComma(wanted, length)) length += 1;
    else break;
  }
  return { from, until, length };
}

/** The formatter writes it where it divides a list into lines. */
function isLastComma(words: readonly Word[], at: number): boolean {
  return words[at]?.text === ',' && [')', ']', '}'].includes(words[at + 1]?.text ?? '');
}
