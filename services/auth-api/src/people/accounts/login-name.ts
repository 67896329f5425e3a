/** Reads the user name and tenant that a person typed, and finds the one spelling under which attempts are counted. */
import { readPattern } from '../../config/user-name-patterns.ts';
import { foldName } from '../../registry/contact-centers/fold-name.ts';

export interface LoginName {
  userName: string;
  /** Absent when none was typed: the installation's default applies. */
  tenant?: string;
}

export interface TypedName {
  userName: string;
  tenant?: string | undefined;
}

const maxUserNameLength = 255;

/**
 * Reads `tenant\user`, or both apart. A tenant inside the user name wins, because the compat user name always carries the
 * right one. Both parts are trimmed and composed (NFC): some keyboards send letters and accents apart.
 */
export function readLoginName(typed: TypedName): LoginName {
  const backslash = typed.userName.indexOf('\\');
  const userName = clean(typed.userName.slice(backslash + 1));
  const tenant =
    clean(backslash === -1 ? '' : typed.userName.slice(0, backslash)) || clean(typed.tenant ?? '');
  return tenant === '' ? { userName } : { userName, tenant };
}

export type LoginNames = ReturnType<typeof createLoginNames>;

/** `entries`: valid patterns of the setting. */
export function createLoginNames(entries: readonly string[]) {
  const patterns = entries.map(readPattern);
  return {
    /** Works as readLoginName(); where no tenant was typed, the first pattern that matches the name gives it. */
    read(typed: TypedName): LoginName {
      const name = readLoginName(typed);
      if (name.tenant !== undefined || name.userName.length > maxUserNameLength) return name;
      for (const match of patterns) {
        const matched = match(name.userName);
        if (matched !== undefined) return matched;
      }
      return name;
    },
  };
}

/**
 * Gives the spelling under which attempts on one account are counted: no case, width, composition or outer space gives
 * another. It may join accounts that a Configuration Server keeps apart; it never parts spellings of one account. A text
 * that is too long to be a name gives the empty text.
 */
export function canonicalUserName(userName: string): string {
  return foldName(userName);
}

function clean(text: string): string {
  return text.normalize('NFC').trim();
}
