/** Chooses the language of a page: the person's own choice, then `ui_locales` of the application, then `Accept-Language`. */
import type { FastifyRequest } from 'fastify';
import errorTexts from './error-texts.json' with { type: 'json' };

export type Language = keyof typeof errorTexts;

/** BCP 47 tags. */
export const languages = Object.keys(errorTexts) as Language[];

export interface LanguagePreferences {
  /** The choice of the person on a page. */
  chosen?: string | undefined;
  /** OpenID Connect Core section 3.1.2.1: BCP 47 tags separated by spaces, best first. */
  uiLocales?: string | undefined;
  /** RFC 9110 section 12.5.4. */
  acceptLanguage?: string | undefined;
}

/** Holds the language that the person chose; behind `__Host-` where the public URL is https. */
export const languageCookie = 'gatehouse-language';

const cookiePattern = /(?:^|; ?)(?:__Host-)?gatehouse-language=([\w-]{2,16})(?:;|$)/;

const byTag = new Map(languages.map((language) => [language.toLowerCase(), language]));

/** Of several files of one language the first. */
const byPrimary = new Map([...languages].reverse().map((language) => [primaryOf(language), language]));

const fallback: Language = 'en';

const rightToLeft: readonly string[] = ['ar', 'fa', 'he', 'ur'];

/** The rest of a longer list is not read. */
const maxTags = 20;

/** Every answer that depends on it says `Vary: accept-language, cookie`. */
export function languageOf({ headers, query }: FastifyRequest, uiLocales?: string): Language {
  const { ui_locales: asked } = (query ?? {}) as { ui_locales?: unknown };
  return chooseLanguage({
    chosen: headers.cookie?.match(cookiePattern)?.[1],
    uiLocales: uiLocales ?? (typeof asked === 'string' ? asked : undefined),
    acceptLanguage: headers['accept-language'],
  });
}

export function chooseLanguage({ chosen, uiLocales, acceptLanguage }: LanguagePreferences): Language {
  if (isLanguage(chosen)) return chosen;
  return firstSupported(tagsOf(uiLocales)) ?? firstSupported(acceptedTags(acceptLanguage)) ?? fallback;
}

/** Only the tags themselves, in their own spelling. */
export function isLanguage(value: unknown): value is Language {
  return languages.some((language) => language === value);
}

export function directionOf(language: string): 'ltr' | 'rtl' {
  return rightToLeft.includes(primaryOf(language)) ? 'rtl' : 'ltr';
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

/** The same tag, else the same language: `de-AT` is served in `de`, `pt` in `pt-BR`, each kind of Chinese in `zh-CN`. */
function firstSupported(tags: string[]): Language | undefined {
  for (const tag of tags) {
    const wanted = tag.toLowerCase();
    const language = byTag.get(wanted) ?? byPrimary.get(primaryOf(wanted));
    if (language !== undefined) return language;
  }
  return undefined;
}

function primaryOf(tag: string): string {
  return tag.split('-', 1)[0] as string;
}
