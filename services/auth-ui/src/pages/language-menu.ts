/** Lets people choose their language on every page: links to the page itself, and the cookie that keeps the choice. */
import { isLanguage, type Language, languageCookie, languages } from '@gatehouse/service-kit/html/language';
import type { App } from '@gatehouse/service-kit/http/app-type';
import type { FastifyRequest } from 'fastify';
import { textsIn } from '../texts/texts.ts';
import { ownCookie } from './own-cookie.ts';

/** Fields of a form. */
export type SentForm = Readonly<Record<string, string | undefined>>;

export interface LanguageMenu {
  /** Name of the language of the page, in that language. */
  current: string;
  /** The page once more, for `language=` and a tag at its end. */
  address: string;
  /** The form that led to the page is sent once more; a page with an address of its own needs none. */
  repeat: [name: string, value: string][] | undefined;
  choices: typeof choices;
}

const choices = languages.map((language) => ({ language, name: textsIn(language)('language.name') }));

const yearSeconds = 365 * 86_400;

/** Undefined for the answer to a form that must not be sent twice: a choice there would lose what was typed. */
export function languageMenuOf({
  request,
  language,
  repeat,
}: {
  request: Pick<FastifyRequest, 'method' | 'url'>;
  language: Language;
  repeat: SentForm | undefined;
}): LanguageMenu | undefined {
  if (request.method === 'POST' && repeat === undefined) return undefined;
  const address = withoutLanguage(request.url);
  return {
    current: textsIn(language)('language.name'),
    address: `${address}${address.includes('?') ? '&' : '?'}`,
    repeat:
      repeat &&
      Object.entries(repeat).filter(
        (field): field is [string, string] => field[1] !== undefined && field[1] !== '',
      ),
    choices,
  };
}

/** A chosen language is kept for a year, then the page is shown again without `language` in its address. */
export function keepChosenLanguage(pages: App, publicUrl: string): void {
  const cookie = ownCookie(publicUrl, languageCookie);
  pages.addHook('onRequest', async (request, reply) => {
    const { language } = request.query as { language?: unknown };
    if (!isLanguage(language) || isFromOtherSite(request)) return undefined;
    cookie.write(reply, language, { maxAge: yearSeconds });
    // 307 repeats the form.
    const status = request.method === 'POST' ? 307 : 303;
    return reply.header('cache-control', 'no-store').redirect(withoutLanguage(request.url), status);
  });
}

/** A link elsewhere must not change what a person has chosen. Browsers without Fetch Metadata are believed: no harm is done. */
function isFromOtherSite({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

function withoutLanguage(url: string): string {
  const start = url.indexOf('?');
  if (start === -1) return url;
  const query = new URLSearchParams(url.slice(start));
  query.delete('language');
  return query.size === 0 ? url.slice(0, start) : `${url.slice(0, start)}?${query}`;
}
