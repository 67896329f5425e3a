/** Shows a text with a field for each of its languages, and adds and removes languages by buttons of the form: nothing is saved by them. */
import { languageNames } from '@gatehouse/service-kit/html';
import type { FormField } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { type Input, optionName, type Typed, textAt, textsAt } from './inputs.ts';

/** The button of a text names it. */
const addButton = 'addLanguage';
/** The language that is to be added. */
const languageName = (path: string) => `${addButton}.${path}`;
/** The button of a language names its field. */
const removeButton = 'removeLanguage';

export const isLanguageChange = (typed: Typed): boolean =>
  [addButton, removeButton].some((name) => textAt(typed, name) !== '');

/** Gives what was typed, with one language more or less. */
export function withLanguages(typed: Typed): Typed {
  const removed = textAt(typed, removeButton);
  const path = textAt(typed, addButton);
  const language = textAt(typed, languageName(path));
  const kept = Object.fromEntries(Object.entries(typed).filter(([name]) => name !== removed));
  if (path === '' || language === '') return kept;
  const added = optionName(path, language);
  return { ...kept, [added]: textAt(kept, added) };
}

/** Each language by its own name. A text without one begins in that of the reader. */
export function textsField(
  { language: own }: Pick<ConsoleVisit, 'language'>,
  { path }: Input,
  typed: Typed,
): Partial<FormField> {
  const stored = Object.entries(textsAt(typed, path));
  const shown = stored.length > 0 ? stored : [[own, ''] as const];
  const texts = shown.map(([language, value]) => ({
    language,
    label: languageNames.find((one) => one.language === language)?.name ?? language,
    name: optionName(path, language),
    value,
  }));
  return {
    texts,
    value: texts.map(({ label, value }) => `${label}: ${value}`).join('\n'),
    options: languageNames
      .filter(({ language }) => !texts.some((one) => one.language === language))
      .toSorted((one, other) => Number(other.language === own) - Number(one.language === own))
      .map(({ language, name }) => ({ value: language, label: name })),
  };
}
