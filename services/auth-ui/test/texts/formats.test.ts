import { expect, it } from 'vitest';
import { formatsIn } from '../../src/texts/formats.ts';

const now = Date.parse('2026-11-28T12:00:00Z');

it.each([
  ['en', '2026-11-28T09:59:00Z', '2 hours ago'],
  ['en', '2026-11-28T11:59:50Z', 'now'],
  ['en', '2026-11-28T12:00:50Z', 'now'],
  ['de', '2026-11-27T11:00:00Z', 'gestern'],
  ['fr', '2026-11-28T11:59:50Z', 'maintenant'],
  ['ja', '2026-11-28T09:59:00Z', '2 時間前'],
  ['ar', '2026-11-28T09:59:00Z', 'قبل ساعتين'],
] as const)('in %s, %s is %s', (language, iso, words) => {
  expect(formatsIn(language).ago(iso, now)).toBe(words);
});

it('joins a list as the language does', () => {
  expect(formatsIn('en').list(['A', 'B', 'C'])).toBe('A, B, and C');
  expect(formatsIn('de').list(['A', 'B'])).toBe('A und B');
  expect(formatsIn('ja').list(['A', 'B'])).toBe('A、B');
  expect(formatsIn('ar').words(['A', 'B'])).toBe('A، B');
  expect(formatsIn('fr').words(['A', 'B'])).toBe('A, B');
  expect(formatsIn('de').list([])).toBe('');
});

it('counts minutes as the language does', () => {
  expect([1, 4].map(formatsIn('de').minutes)).toEqual(['1 Minute', '4 Minuten']);
});
