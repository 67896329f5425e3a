/** Lets people choose their language on every page, by links to the page itself. */
import { addressBefore, type Language, languageNames } from '@gatehouse/service-kit/html';
import type { FastifyRequest } from 'fastify';
import { textsIn } from '../texts/texts.ts';

/** Fields of a form. */
export type SentForm = Readonly<Record<string, string | undefined>>;

export interface LanguageMenu {
  /** Name of the language of the page, in that language. */
  current: string;
  /** The page once more, for `language=` and a tag at its end. */
  address: string;
  /** The form that led to the page is sent once more; a page with an address of its own needs none. */
  repeat: [name: string, value: string][] | undefined;
  choices: typeof languageNames;
}

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
  return {
    current: textsIn(language)('language.name'),
    address: addressBefore(request.url),
    repeat:
      repeat &&
      Object.entries(repeat).filter(
        (field): field is [string, string] => field[1] !== undefined && field[1] !== '',
      ),
    choices: languageNames,
  };
}
