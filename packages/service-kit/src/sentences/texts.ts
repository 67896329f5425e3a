/** Reads texts of one language for a service that has no pages: moments are in UTC, because the reader's time zone is unknown. */
import { IntlMessageFormat } from 'intl-messageformat';
import type { Reader } from './said-in.ts';

export function readerOf(language: string, texts: Readonly<Record<string, string>>): Reader {
  const moment = new Intl.DateTimeFormat(language, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  return {
    language,
    has: (key) => Object.hasOwn(texts, key),
    text(key, values = {}) {
      const source = texts[key];
      if (source === undefined) throw new Error(`there is no text ${key}`);
      const message = new IntlMessageFormat(source, language, {}, { ignoreTag: true });
      return message.format<string>(values) as string;
    },
    momentOf: (iso) => `${moment.format(new Date(iso))} UTC`,
  };
}
