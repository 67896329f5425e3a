/** Folds names that people type: spellings that differ only by case, width or composition become one text. */
import { foldSpelling } from '@gatehouse/people-directory';

/** Domains of contact centres compare without case and width; a text too long to be one gives the empty text. */
export function canonicalTenant(tenant: string): string {
  return foldName(tenant);
}

/** No name is longer. One character may unfold to eighteen, so folding a longer text would take long. */
const maxSpellingLength = 1024;

export function foldName(text: string): string {
  return text.length > maxSpellingLength ? '' : foldSpelling(text);
}
