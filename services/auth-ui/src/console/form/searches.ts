/** Reads the searches of a form's pickers: a form in which words of a search stand asks for what they find, and saves nothing. */
import { type Typed, textAt } from './inputs.ts';

/** The button of a search names its picker. */
const searchButton = 'find';
/** The words that are searched. */
const searchName = (path: string) => `find.${path}`;

/** Undefined where nobody searches. No words find the first ones by name. */
export function searchedIn(typed: Typed, path: string): string | undefined {
  const words = textAt(typed, searchName(path)).trim();
  return words === '' && textAt(typed, searchButton) !== path ? undefined : words;
}

export const isSearched = (typed: Typed, path: string): boolean => searchedIn(typed, path) !== undefined;

const isWords = (name: string) => name.startsWith(searchName(''));

/** The fields of a form that search instead of answering. */
export const searchesIn = (typed: Typed): Typed =>
  Object.fromEntries(Object.entries(typed).filter(([name]) => name === searchButton || isWords(name)));

/** Words that were typed and not looked for are a search, whatever button was used: Enter uses the first one of a form. */
export const isSearch = (typed: Typed): boolean =>
  textAt(typed, searchButton) !== '' ||
  Object.keys(typed).some((name) => isWords(name) && textAt(typed, name).trim() !== '');
