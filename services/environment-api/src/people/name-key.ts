/** Folds names of people and groups: spellings that differ only by case, width or composition are one name. */
import { foldSpelling } from '@gatehouse/people-directory';

/** Stored in the columns that end in `_key` and `_keys`: another folding needs a migration of their rows. */
export const nameKey = foldSpelling;
