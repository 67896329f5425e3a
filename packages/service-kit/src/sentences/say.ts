/** Says sentences with parameters: in English for programs and the command line, with the key by which the console has other languages. */
import {
  type ParametersOf,
  type Sentence,
  type SentenceKey,
  type SentenceParameters,
  sentences,
} from '@gatehouse/contracts/sentences';
import { IntlMessageFormat } from 'intl-messageformat';
import { reasonParameters, valuesIn } from './values.ts';

export interface Said {
  message: string;
  key: SentenceKey;
  parameters: SentenceParameters;
}

/** The English of several sentences, and the sentences. */
export function wordsOf(...said: Said[]) {
  return {
    message: said.map(({ message }) => message).join(' '),
    sentences: said.map(({ key, parameters }) => ({ key, parameters: { ...parameters } })),
  };
}

const compiled = new Map<SentenceKey, IntlMessageFormat>();

export function say<Key extends SentenceKey>(
  key: Key,
  ...[given]: keyof ParametersOf<Key> extends never ? [] : [ParametersOf<Key>]
): Said {
  return inEnglish(key, given ?? {});
}

/** Says what a package found that leaves the words to its callers. */
export function sayFound({ key, parameters }: Sentence): Said {
  return inEnglish(key, parameters);
}

/** A reason is a sentence, too. One that nobody has words for, such as that of a directory, stands as it is. */
function inWords(parameters: SentenceParameters): SentenceParameters {
  const words: Readonly<Record<string, string>> = sentences;
  const inWord = ([name, value]: [string, SentenceParameters[string]]) => [
    name,
    reasonParameters.includes(name) ? (words[`reason.${String(value)}`] ?? value) : value,
  ];
  return Object.fromEntries(Object.entries(parameters).map(inWord));
}

function inEnglish(key: SentenceKey, parameters: SentenceParameters): Said {
  const message = compiled.get(key) ?? new IntlMessageFormat(sentences[key], 'en', {}, { ignoreTag: true });
  compiled.set(key, message);
  return {
    message: message.format<string>(valuesIn('en', inWords(parameters), (moment) => moment)) as string,
    key,
    parameters,
  };
}
