/** Folds names of people and groups: spellings that differ only by case, width or composition are one name. */
import { foldSpelling } from '@gatehouse/people-directory';

const maxLength = 255;

/** Stored in the columns that end in `_key` and `_keys`: another folding needs a migration of their rows. */
export const nameKey = foldSpelling;

/** Judges a name that folds to nothing, or to too much. Undefined: it is right. */
export function keyProblem(name: string): string | undefined {
  const key = nameKey(name);
  return key !== '' && key.length <= maxLength
    ? undefined
    : `must have a visible character, and at most ${maxLength} when written out`;
}
