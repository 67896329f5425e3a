/** Gives the texts of the pages in every language. English and the descriptions define the keys; every other catalogue must have all of them. */

import { readFileSync } from 'node:fs';
import { englishTexts } from '@gatehouse/contracts/resource';
import {
  administrator,
  apiKey,
  branding,
  client,
  contactCenter,
  environment,
  knownSetting,
  location,
  oidc,
  origin,
  person,
  saml,
  setting,
  signalReceiver,
  signingKey,
  singleConfigServer,
} from '@gatehouse/contracts/resources';
import { type SentenceKey, sentences } from '@gatehouse/contracts/sentences';
import { shownName } from '@gatehouse/contracts/values';
import { directionOf, type Language } from '@gatehouse/service-kit/html';
import { type Formats, IntlMessageFormat } from 'intl-messageformat';
import type english from './en.json';
import { type MomentStyle, markMoment, momentStyles } from './moments.ts';

/** Label or help of a described field: `field.client.name`, `field.client.name.help`. */
export type FieldKey = `field.${string}.${string}`;

/** A sentence of a service: `sentence.signIn.way.password`. */
export type SaidKey = `sentence.${SentenceKey}`;

export type TextKey = keyof typeof english | FieldKey | SaidKey;

type Catalogue = Record<TextKey, string>;

export type Values = Readonly<Record<string, string | number | Date>>;

/**
 * Gives the text of a key, an ICU message that is filled in with `values`. Plain text: escaping is the template's job.
 * @throws where a value is missing
 */
export type Text = (key: TextKey, values?: Values) => string;

const described = [
  client,
  environment,
  singleConfigServer,
  contactCenter,
  setting,
  knownSetting,
  location,
  origin,
  apiKey,
  administrator,
  person,
  signalReceiver,
  signingKey,
  saml,
  oidc,
  branding,
];

/** English is said once, where the field is described. */
export const fieldTexts: Readonly<Record<string, string>> = Object.assign({}, ...described.map(englishTexts));

/** English is said once, where the services have it. */
export const sentenceTexts: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(sentences).map(([key, sentence]) => [`sentence.${key}`, sentence]),
);

const catalogues = new Map<Language, Catalogue>();
const texts = new Map<Language, Text>();

export function textsIn(language: Language): Text {
  const known = texts.get(language);
  if (known) return known;
  const text = createText(language);
  texts.set(language, text);
  return text;
}

/** The names that have a text below this key. */
export const namesBelow = (key: string): string[] =>
  Object.keys(catalogueOf('en')).flatMap((one) => (one.startsWith(key) ? [one.slice(key.length)] : []));

/** Whether a text exists under this key. */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(catalogueOf('en'), key);
}

/** Read when its language is first asked for: each takes a quarter of a megabyte, and few installations need all. */
function catalogueOf(language: Language): Catalogue {
  const known = catalogues.get(language);
  if (known) return known;
  const file = new URL(`./${language}.json`, import.meta.url);
  const texts = JSON.parse(readFileSync(file, 'utf8')) as Catalogue;
  const catalogue = language === 'en' ? { ...texts, ...fieldTexts, ...sentenceTexts } : texts;
  catalogues.set(language, catalogue);
  return catalogue;
}

/** Messages are compiled when they are first shown, and kept: compiling costs some hundred times as much as filling in. */
function createText(language: Language): Text {
  const own = catalogueOf(language);
  const messages = new Map<TextKey, IntlMessageFormat>();
  const compiled = (key: TextKey, source: string): IntlMessageFormat => {
    const known = messages.get(key);
    if (known) return known;
    const message = new IntlMessageFormat(source, language, formats, { ignoreTag: true, formatters });
    messages.set(key, message);
    return message;
  };
  const prepared = directionOf(language) === 'rtl' ? isolated : (values: Values) => values;
  return (key, values = {}) => {
    const source = own[key] ?? catalogueOf('en')[key];
    if (source === undefined) throw new Error(`there is no text ${key}`);
    // Texts about a field have no values: braces are part of them.
    if (!source.includes('{') || Object.hasOwn(fieldTexts, key)) return source;
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
      typeof value === 'string' ? `\u2068${shownName(value)}\u2069` : value,
    ]),
  );
}

/** `{at, date, minute}`, beside what ICU says: in UTC, because the reader's time zone is unknown here. */
const formats: Partial<Formats> = {
  date: {
    medium: { timeZone: 'UTC' },
    ...Object.fromEntries(
      Object.entries(momentStyles).map(([moment, style]) => [moment, { ...style, moment }]),
    ),
  },
};

/** Making one costs more than a whole page. */
function keptOnce<Format>(make: (language: string | string[], options: object) => Format) {
  const known = new Map<string, Format>();
  return (language: string | string[] = 'en', options: object = {}): Format => {
    const key = JSON.stringify([language, options]);
    const format = known.get(key) ?? make(language, options);
    known.set(key, format);
    return format;
  };
}

/** Those of moments mark what they write. */
const formatters = {
  getNumberFormat: keptOnce((language, options) => new Intl.NumberFormat(language, options)),
  getPluralRules: keptOnce((language, options) => new Intl.PluralRules(language, options)),
  getDateTimeFormat: keptOnce((language, options: Intl.DateTimeFormatOptions & { moment?: MomentStyle }) => {
    const { moment } = options;
    const format = new Intl.DateTimeFormat(language, options);
    if (moment === undefined) return format;
    const marked = (at: Date | number) => markMoment(Number(at), moment, format.format(at));
    return { format: marked } as unknown as Intl.DateTimeFormat;
  }),
};
