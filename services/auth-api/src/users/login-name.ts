/** Reads what a person typed as user name and tenant, and finds the one spelling under which attempts are counted. */
import { foldName } from '../contact-centers/fold-name.ts';
import { readPattern } from './user-name-patterns.ts';

export interface LoginName {
  userName: string;
  /** Missing when none was typed: the installation's default then decides. */
  tenant?: string;
}

/**
 * `tenant\user`, or both apart; a tenant inside the user name wins, because the compat user name always carries the
 * right one. Both parts are trimmed and composed (NFC): some keyboards send letters and accents apart.
 */
export function readLoginName(typed: { userName: string; tenant?: string | undefined }): LoginName {
  const backslash = typed.userName.indexOf('\\');
  const userName = clean(typed.userName.slice(backslash + 1));
  const tenant =
    clean(backslash === -1 ? '' : typed.userName.slice(0, backslash)) || clean(typed.tenant ?? '');
  return tenant === '' ? { userName } : { userName, tenant };
}

export interface LoginNames {
  /** As `readLoginName`; where no tenant was typed, the first pattern that the name looks like tells it. */
  read(typed: { userName: string; tenant?: string | undefined }): LoginName;
}

/** `entries`: patterns as the configuration holds them. */
export function createLoginNames(entries: readonly string[]): LoginNames {
  const patterns = entries.map(readPattern);
  return {
    read(typed) {
      const name = readLoginName(typed);
      // A name too long to be one is not worth the matching.
      if (name.tenant !== undefined || name.userName.length > longestUserName) return name;
      for (const pattern of patterns) {
        const read = pattern.read(name.userName);
        if (read !== undefined) return read;
      }
      return name;
    },
  };
}

const longestUserName = 255;

/**
 * The spelling under which attempts on one account are counted: no case, width, composition or outer space gives
 * another. It may join accounts that a Configuration Server keeps apart; it never parts spellings of one account. All
 * texts that are too long to be one give the empty text.
 */
export function canonicalUserName(userName: string): string {
  return foldName(userName);
}

function clean(text: string): string {
  return text.normalize('NFC').trim();
}
