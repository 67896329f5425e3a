/** Reads the user name and tenant that a person typed, and finds the one spelling under which attempts are counted. */
import { foldName } from '../contact-centers/fold-name.ts';

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

const placeholder = /\*|\{user\}|\{tenant\}/g;
/** With more parts that vary in length, matching a long name would take long. */
const maxParts = 2;

/**
 * Says what is wrong with a pattern such as `{user}@{tenant}` or `*@nordic.example=nordic`, as the end of a sentence;
 * undefined when it is valid.
 */
export function patternProblem(entry: string): string | undefined {
  const { pattern, tenant } = splitEntry(entry);
  const parts: string[] = pattern.match(placeholder) ?? [];
  const said = JSON.stringify(entry);
  if (parts.length === 0 || parts.length > maxParts)
    return `${said} needs one or two of *, {user} and {tenant}`;
  if (new Set(parts).size < parts.length) return `${said} has the same part twice`;
  if (/^(?:\*|\{user\}|\{tenant\})+$/.test(pattern))
    return `${said} needs a text that tells its parts from each other`;
  if (parts.includes('{tenant}') === (tenant !== undefined)) {
    return `${said} must name the tenant once: by {tenant}, or behind =`;
  }
  return tenant === '' ? `${said} names no tenant behind =` : undefined;
}

/** Compiles a valid pattern. The result gives undefined for a name that does not match. */
function readPattern(entry: string): (userName: string) => Required<LoginName> | undefined {
  const { pattern, tenant: fixed } = splitEntry(entry);
  const literals = pattern.split(placeholder).map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const parts: string[] = pattern.match(placeholder) ?? [];
  const source = literals.map((literal, index) => literal + groupOf(parts[index])).join('');
  const shape = new RegExp(`^${source}$`, 'iu');
  return (userName) => {
    const groups = shape.exec(userName)?.groups;
    if (groups === undefined) return undefined;
    return { userName: groups['user'] ?? userName, tenant: groups['tenant'] ?? fixed ?? '' };
  };
}

function groupOf(part: string | undefined): string {
  if (part === '{tenant}') return String.raw`(?<tenant>[^\s\\@/:]+)`;
  if (part === '{user}') return '(?<user>.+)';
  return part === '*' ? '(?<any>.+)' : '';
}

function splitEntry(entry: string): { pattern: string; tenant: string | undefined } {
  const equals = entry.indexOf('=');
  if (equals === -1) return { pattern: entry.trim(), tenant: undefined };
  return { pattern: entry.slice(0, equals).trim(), tenant: entry.slice(equals + 1).trim() };
}
