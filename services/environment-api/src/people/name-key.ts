/** Folds names of people and groups: spellings that differ only by case, width or composition are one name. */
import { foldUserName } from '@gatehouse/config-server-client/model/user-name';

/** Fills the columns `user_name_key`, `email_key` and `name_key`. */
export function nameKey(text: string): string {
  // Folding can leave a sequence that composes again, hence the second normalisation.
  return foldUserName(text.normalize('NFKC')).normalize('NFKC').trim();
}
