import { expect, it } from 'vitest';
import { chooseLanguage, directionOf, isLanguage, languageOf, languages } from '../../src/html/language.ts';

it.each([
  [{}, 'en'],
  [{ acceptLanguage: 'de' }, 'de'],
  [{ acceptLanguage: 'de-AT,en;q=0.5' }, 'de'],
  [{ acceptLanguage: 'en;q=0.5, de;q=0.9' }, 'de'],
  [{ acceptLanguage: 'sv-FI, sv;q=0.9' }, 'en'],
  [{ acceptLanguage: 'de;q=0, en;q=0.1' }, 'en'],
  [{ acceptLanguage: 'DE' }, 'de'],
  [{ acceptLanguage: ';;;q=,,,' }, 'en'],
  [{ acceptLanguage: '*' }, 'en'],
  [{ acceptLanguage: 'fr-CA, en;q=0.8' }, 'fr'],
  [{ acceptLanguage: 'pt' }, 'pt-BR'],
  [{ acceptLanguage: 'pt-PT, es;q=0.9' }, 'pt-BR'],
  [{ acceptLanguage: 'zh' }, 'zh-CN'],
  [{ acceptLanguage: 'zh-Hans-SG' }, 'zh-CN'],
  [{ acceptLanguage: 'zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7' }, 'zh-CN'],
  [{ acceptLanguage: 'AR-eg' }, 'ar'],
  [{ uiLocales: 'xx pt-br de' }, 'pt-BR'],
  [{ uiLocales: 'de', acceptLanguage: 'en' }, 'de'],
  [{ uiLocales: 'sv de-CH en', acceptLanguage: 'en' }, 'de'],
  [{ uiLocales: 'sv', acceptLanguage: 'de' }, 'de'],
  [{ chosen: 'de', uiLocales: 'en', acceptLanguage: 'en' }, 'de'],
  [{ chosen: 'zh-CN', uiLocales: 'en' }, 'zh-CN'],
  [{ chosen: 'sv', uiLocales: 'de' }, 'de'],
] as const)('%o is served in %s', (wishes, language) => {
  expect(chooseLanguage(wishes)).toBe(language);
});

const request = (headers: Record<string, string>, query: unknown = {}) =>
  ({ headers, query }) as unknown as Parameters<typeof languageOf>[0];

it.each([
  ['gatehouse-language=de', 'de'],
  ['a=b; __Host-gatehouse-language=de; c=d', 'de'],
  ['other-gatehouse-language=de', 'en'],
  ['gatehouse-language=', 'en'],
])('the cookie %s means %s', (cookie, language) => {
  expect(languageOf(request({ cookie, 'accept-language': 'en' }))).toBe(language);
});

it('reads right to left where the script does', () => {
  expect(['ar', 'ar-EG', 'he', 'en', 'zh-CN'].map(directionOf)).toEqual(['rtl', 'rtl', 'rtl', 'ltr', 'ltr']);
});

// attack: a language that names a path, a key of every object or markup | CWE-22, CWE-1321, ASVS 2.2.1 | guard: packages/service-kit/src/html/language.ts
it.each([
  '../../etc/passwd',
  '__proto__',
  'constructor',
  'de/../../x',
  'de\r\nset-cookie: a=b',
  '"><script>',
  'DE',
  '',
])('threat 70: %j is no language, wherever it stands', (value) => {
  expect(isLanguage(value)).toBe(false);
  const query = { ui_locales: value.toUpperCase() === 'DE' ? 'x' : `${value} x` };
  const cookie = `gatehouse-language=${value}`;
  const language = languageOf(request({ cookie, 'accept-language': 'x' }, query));
  expect(languages).toContain(language);
  expect(language).toBe('en');
});

it('threat 67: pathological headers cost no more than short ones', () => {
  const startedAt = performance.now();
  chooseLanguage({
    acceptLanguage: `${'a-'.repeat(200_000)},${';q='.repeat(200_000)}`,
    uiLocales: ' '.repeat(200_000),
  });
  languageOf(request({ cookie: `${'gatehouse-language='.repeat(20_000)};${' ;'.repeat(100_000)}` }));
  expect(performance.now() - startedAt).toBeLessThan(200);
});
