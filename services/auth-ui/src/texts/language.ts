/** Chooses the language of a page: `ui_locales` of the application first, then `Accept-Language` of the browser. */
import { type Language, languages } from './texts.ts';

export interface LanguagePreferences {
  /** OpenID Connect Core section 3.1.2.1: BCP 47 tags separated by spaces, best first. */
  uiLocales?: string | undefined;
  /** RFC 9110 section 12.5.4. */
  acceptLanguage?: string | undefined;
}

const fallback: Language = 'en';

/** The rest of a longer list is not read. */
const maxTags = 20;

export function chooseLanguage({ uiLocales, acceptLanguage }: LanguagePreferences): Language {
  return firstSupported(tagsOf(uiLocales)) ?? firstSupported(acceptedTags(acceptLanguage)) ?? fallback;
}

function tagsOf(uiLocales = ''): string[] {
  return uiLocales.split(' ', maxTags);
}

function acceptedTags(header = ''): string[] {
  return header
    .split(',', maxTags)
    .map((entry) => {
      const [tag = '', ...parameters] = entry.split(';', 4).map((part) => part.trim());
      const quality = parameters.find((parameter) => parameter.startsWith('q='));
      return { tag, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
}

/** `de-AT` is supported if `de` is. */
function firstSupported(tags: string[]): Language | undefined {
  for (const tag of tags) {
    const primary = tag.toLowerCase().split('-', 1)[0];
    const language = languages.find((candidate) => candidate === primary);
    if (language !== undefined) return language;
  }
  return undefined;
}
