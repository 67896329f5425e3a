/** Finds thousands of words in megabytes of text in one pass (Rabin and Karp). */

export interface Found {
  word: string;
  at: number;
}

const windowLength = 10;
const base = 31;
const filterSize = 1 << 16;

/** Words have at least ten characters. Returns the first place of each word. */
export function createTextSearch(words: readonly string[]): (text: string) => Found[] {
  const byHash = new Map<number, string[]>();
  const filter = new Uint8Array(filterSize);
  for (const word of words) {
    if (word.length < windowLength) throw new Error(`a word is shorter than ${windowLength} characters`);
    const hash = hashOf(word);
    byHash.set(hash, [...(byHash.get(hash) ?? []), word]);
    filter[hash & (filterSize - 1)] = 1;
  }
  let highest = 1;
  for (let power = 1; power < windowLength; power += 1) highest = Math.imul(highest, base);

  return (text) => {
    const found = new Map<string, number>();
    let hash = hashOf(text);
    for (let at = 0; at + windowLength <= text.length; at += 1) {
      if (filter[hash & (filterSize - 1)] === 1)
        for (const word of byHash.get(hash) ?? [])
          if (!found.has(word) && text.startsWith(word, at)) found.set(word, at);
      const left = hash - Math.imul(text.charCodeAt(at), highest);
      hash = (Math.imul(left, base) + text.charCodeAt(at + windowLength)) | 0;
    }
    return [...found].map(([word, at]) => ({ word, at }));
  };
}

function hashOf(text: string): number {
  let hash = 0;
  for (let at = 0; at < windowLength; at += 1) hash = (Math.imul(hash, base) + text.charCodeAt(at)) | 0;
  return hash;
}
