import { expect, it } from 'vitest';
import { chooseLanguage } from '../../src/texts/language.ts';

it.each([
  [{}, 'en'],
  [{ acceptLanguage: 'de' }, 'de'],
  [{ acceptLanguage: 'de-AT,en;q=0.5' }, 'de'],
  [{ acceptLanguage: 'en;q=0.5, de;q=0.9' }, 'de'],
  [{ acceptLanguage: 'fr-CA, fr;q=0.9' }, 'en'],
  [{ acceptLanguage: 'de;q=0, en;q=0.1' }, 'en'],
  [{ acceptLanguage: 'DE' }, 'de'],
  [{ acceptLanguage: ';;;q=,,,' }, 'en'],
  [{ uiLocales: 'de', acceptLanguage: 'en' }, 'de'],
  [{ uiLocales: 'fr de-CH en', acceptLanguage: 'en' }, 'de'],
  [{ uiLocales: 'fr', acceptLanguage: 'de' }, 'de'],
  [{ uiLocales: '__proto__ constructor' }, 'en'],
] as const)('%o is served in %s', (wishes, language) => {
  expect(chooseLanguage(wishes)).toBe(language);
});

it('threat 67: a pathological Accept-Language costs no more than a short one', () => {
  const startedAt = performance.now();
  chooseLanguage({
    acceptLanguage: `${'a-'.repeat(200_000)},${';q='.repeat(200_000)}`,
    uiLocales: ' '.repeat(200_000),
  });
  expect(performance.now() - startedAt).toBeLessThan(200);
});
