/** Leads to the same page in each language. */
import errorTexts from './error-texts.json' with { type: 'json' };
import { type Language, languages } from './language.ts';

/** Each in itself. */
export const languageNames = languages.map((language) => ({
  language,
  name: errorTexts[language]['language.name'],
}));

/** Only for an address that `keepChosenLanguage` listens at. Undefined for the answer to a form, which must not be sent twice. */
export function languageLinksOf({ method, url }: { method: string; url: string }, language: Language) {
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const texts = errorTexts[language];
  return {
    label: texts['language.choose'].replace('{name}', texts['language.name']),
    links: languageNames.map((one) => ({ ...one, href: `${addressBefore(url)}language=${one.language}` })),
  };
}

/** The page once more, for `language=` and a tag at its end. */
export function addressBefore(url: string): string {
  const address = withoutLanguage(url);
  return `${address}${address.includes('?') ? '&' : '?'}`;
}

export function withoutLanguage(url: string): string {
  const start = url.indexOf('?');
  if (start === -1) return url;
  const query = new URLSearchParams(url.slice(start));
  query.delete('language');
  return query.size === 0 ? url.slice(0, start) : `${url.slice(0, start)}?${query}`;
}
