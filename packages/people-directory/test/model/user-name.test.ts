import { describe, expect, it } from 'vitest';
import { foldUserName } from '../../src/model/user-name.ts';

describe('user names', () => {
  it.each([
    ['Agent', 'aGENT'],
    ['ÄÖÜ', 'äöü'],
    ['ΣΊΣΥΦΟΣ', 'σίσυφος'],
    ['ẞ', 'ß'],
  ])('%s and %s are the same account', (a, b) => {
    expect(foldUserName(a)).toBe(foldUserName(b));
  });

  it.each([
    ['ß', 'ss'],
    ['i', 'ı'],
    ['I', 'İ'],
    ['e\u0301', '\u00e9'],
    ['agent', 'agent '],
    ['a\u0000', 'a'],
  ])('%j and %j are different accounts', (a, b) => {
    expect(foldUserName(a)).not.toBe(foldUserName(b));
  });

  it('fold exactly as the simple case folding that regular expressions use', () => {
    const differing: string[] = [];
    for (let codePoint = 0; codePoint <= 0x1ffff; codePoint += 1) {
      if (codePoint >= 0xd800 && codePoint <= 0xdfff) continue;
      const character = String.fromCodePoint(codePoint);
      const folded = foldUserName(character);
      if (folded === character) continue;
      const pattern = new RegExp(`^\\u{${codePoint.toString(16)}}$`, 'iu');
      if (!pattern.test(folded)) differing.push(codePoint.toString(16));
    }
    expect(differing).toEqual([]);
  });
});
