/** Gives the texts of the pages in every language. English defines the keys; every catalogue must have all of them. */
import { directionOf, type Language } from '@gatehouse/service-kit/html/language';
import { type Formats, IntlMessageFormat } from 'intl-messageformat';
import ar from './ar.json' with { type: 'json' };
import de from './de.json' with { type: 'json' };
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import fr from './fr.json' with { type: 'json' };
import it from './it.json' with { type: 'json' };
import ja from './ja.json' with { type: 'json' };
import ko from './ko.json' with { type: 'json' };
import ptBR from './pt-BR.json' with { type: 'json' };
import zhCN from './zh-CN.json' with { type: 'json' };

export type TextKey = keyof typeof en;

type Catalogue = Record<TextKey, string>;

const catalogues: Record<Language, Catalogue> = {
  ar,
  de,
  en,
  es,
  fr,
  it,
  ja,
  ko,
  'pt-BR': ptBR,
  'zh-CN': zhCN,
};

export type Values = Readonly<Record<string, string | number | Date>>;

/**
 * Gives the text of a key, an ICU message that is filled in with `values`. Plain text: escaping is the template's job.
 * @throws where a value is missing
 */
export type Text = (key: TextKey, values?: Values) => string;

const texts = new Map<Language, Text>();

export function textsIn(language: Language): Text {
  const known = texts.get(language);
  if (known) return known;
  const text = createText(language);
  texts.set(language, text);
  return text;
}

/** Whether a text exists under this key. */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(en, key);
}

/** Messages are compiled when they are first shown, and kept: compiling costs some hundred times as much as filling in. */
function createText(language: Language): Text {
  const own = catalogues[language];
  const messages = new Map<TextKey, IntlMessageFormat>();
  const compiled = (key: TextKey, source: string): IntlMessageFormat => {
    const known = messages.get(key);
    if (known) return known;
    const message = new IntlMessageFormat(source, language, formats, { ignoreTag: true });
    messages.set(key, message);
    return message;
  };
  const prepared = directionOf(language) === 'rtl' ? isolated : (values: Values) => values;
  return (key, values = {}) => {
    const source = own[key];
    if (!source.includes('{')) return source;
    return compiled(key, source).format<string>(prepared(values)) as string;
  };
}

/**
 * Unicode Bidirectional Algorithm, section 2.4: a Latin name in an Arabic sentence must not draw the punctuation beside it to
 * its own side. First strong isolate, as MessageFormat 2 does.
 */
function isolated(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? `\u2068${value}\u2069` : value,
    ]),
  );
}

/** `{at, date, medium}` and `{at, time, short}`, beside what ICU says of them: in UTC, because the reader's time zone is unknown. */
const formats: Partial<Formats> = {
  date: {
    short: { timeZone: 'UTC' },
    medium: { timeZone: 'UTC' },
    long: { timeZone: 'UTC' },
    full: { timeZone: 'UTC' },
  },
  time: {
    short: { timeZone: 'UTC', timeZoneName: 'short' },
    medium: { timeZone: 'UTC', timeZoneName: 'short' },
  },
};
