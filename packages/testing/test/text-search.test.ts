import { expect, it } from 'vitest';
import { createTextSearch } from '../src/secrets/text-search.ts';

const words = Array.from({ length: 500 }, (_, index) => `secret-number-${index}-`);

it('finds words at the beginning, in the middle and at the end of a text, each once', () => {
  const search = createTextSearch(words);

  expect(search(`${words[7]}, ${words[499]} and ${words[7]} and ${words[0]}`)).toEqual([
    { word: words[7], at: 0 },
    { word: words[499], at: 18 },
    { word: words[0], at: 62 },
  ]);
});

it('finds nothing in texts that hold none, are empty or shorter than a word', () => {
  const search = createTextSearch(words);

  for (const text of ['', 'secret', 'secret-number-', 'x'.repeat(10_000), 'ſecret-number-7-'])
    expect(search(text)).toEqual([]);
  expect(createTextSearch([])('anything at all')).toEqual([]);
});

it('finds words that are not in Latin, and one that is the beginning of another', () => {
  const search = createTextSearch(['пароль-агента', 'pass-phrase', 'pass-phrase-longer']);

  expect(search('…пароль-агента… pass-phrase-longer').map(({ word }) => word)).toEqual([
    'пароль-агента',
    'pass-phrase',
    'pass-phrase-longer',
  ]);
});
